"""What our mails say, by language. `{name}` and such are filled in as plain text."""

from __future__ import annotations

TEXTS: dict[str, dict[str, tuple[str, str]]] = {
    "invitation": {
        "zh": (
            "{company} 邀请您使用倾听",
            "{display_name}，您好：\n\n"
            "{by} 邀请您加入 {company} 的客服中心。您的登录名是：{name}\n\n"
            "请在 {days} 天内打开下面的链接，设置密码：\n{link}\n\n"
            "链接只能使用一次。若您不认识邀请人，请忽略本邮件。\n",
        ),
        "en": (
            "{company} invites you to Qingting",
            "Hello {display_name},\n\n"
            "{by} invites you to the contact centre of {company}. Your sign-in name is: {name}\n\n"
            "Open this link within {days} days to choose a password:\n{link}\n\n"
            "The link works once. If you do not know who invited you, ignore this message.\n",
        ),
    },
    "reset": {
        "zh": (
            "重设您的倾听密码",
            "{display_name}，您好：\n\n"
            "有人要求重设 {company} 的用户 {name} 的密码。"
            "若是您本人，请在 {minutes} 分钟内打开下面的链接：\n{link}\n\n"
            "链接只能使用一次。若不是您，请忽略本邮件：密码不会改变。\n",
        ),
        "en": (
            "Choose a new Qingting password",
            "Hello {display_name},\n\n"
            "Someone asked for a new password for {name} at {company}. If that was you, open this link within "
            "{minutes} minutes:\n{link}\n\n"
            "The link works once. If it was not you, ignore this message: the password stays as it is.\n",
        ),
    },
    "password_changed": {
        "zh": (
            "您的倾听密码已更改",
            "{display_name}，您好：\n\n"
            "{company} 的用户 {name} 的密码刚刚被更改，其他设备上的登录均已退出。"
            "若不是您本人操作，请立即联系管理员。\n",
        ),
        "en": (
            "Your Qingting password was changed",
            "Hello {display_name},\n\n"
            "The password of {name} at {company} has just been changed, and every other device was signed out. "
            "If that was not you, tell your administrator at once.\n",
        ),
    },
    "one_time_code": {
        "zh": (
            "您的验证码：{code}",
            "您好：\n\n您正在与 {company} 通话，验证码是：{code}\n\n"
            "{minutes} 分钟内有效，只能使用一次。请在电话中按键输入，不要告诉任何人，包括我们的工作人员。\n\n"
            "若不是您本人来电，请忽略本邮件。\n",
        ),
        "en": (
            "Your code: {code}",
            "Hello,\n\nYou are on the telephone with {company}. Your code is: {code}\n\n"
            "It is good once, for {minutes} minutes. Type it on your telephone; tell it to nobody, our own people "
            "included.\n\nIf it is not you who calls, ignore this message.\n",
        ),
    },
    "guessed_at": {
        "zh": (
            "有人在猜测您的倾听密码",
            "{display_name}，您好：\n\n"
            "最近有人用错误的密码尝试登录 {company} 的用户 {name}，共 {guesses} 次。密码没有被猜中，账号没有被锁定："
            "从您没有用过的地址登录会变慢，您常用的地址不受影响。\n\n"
            "若是您本人忘了密码，可在这里重设：\n{link}\n\n"
            "若不是您，请确认密码没有在别处使用，打开两步验证，并告知管理员。\n",
        ),
        "en": (
            "Someone is guessing your Qingting password",
            "Hello {display_name},\n\n"
            "Someone tried {guesses} wrong passwords for {name} at {company} lately. None of them was right, and the "
            "account is not locked: signing in from addresses that you have not used is slow, those you use are not "
            "affected.\n\n"
            "If it was you who forgot the password, choose a new one here:\n{link}\n\n"
            "If not, make sure that this password is used nowhere else, turn the second factor on, and tell your "
            "administrator.\n",
        ),
    },
}


def compose(template: str, language: str, values: dict[str, str]) -> tuple[str, str]:
    """(subject, text). A language that we do not have becomes English, `zh-CN` becomes `zh`."""
    by_language = TEXTS[template]
    subject, text = by_language.get(language.split("-")[0], by_language["en"])
    one_line = {key: " ".join(value.split()) for key, value in values.items()}
    return subject.format(**one_line), text.format(**one_line)
