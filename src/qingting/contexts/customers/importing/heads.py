"""Which column is what, guessed by its head: Chinese or English, a tenant's own words, or as it is called here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from .columns import Offered, column

_WORDS = {
    "external_id": "客户编号 客户号 客户id 编号 会员号 会员编号 外部编号 id customerid "
    "customerno externalid membership",
    "name": "姓名 名称 客户 客户名 客户名称 客户姓名 联系人 公司名称 企业名称 name fullname customername "
    "company contact",
    "kind": "类型 客户类型 kind type customertype",
    "phone": "电话 手机 手机号 手机号码 电话号码 联系电话 座机 固话 联系方式 号码 phone mobile tel telephone cell "
    "phonenumber mobilephone mobilenumber number",
    "mail": "邮箱 邮件 电子邮箱 电子邮件 邮箱地址 mail email emailaddress mailaddress",
    "language": "语言 首选语言 language lang preferredlanguage",
    "born": "生日 出生日期 出生年月日 born birthday birthdate dateofbirth dob",
    "since": "开户日期 入会日期 注册日期 成为客户日期 since customersince registered registrationdate joined",
    "address": "地址 住址 联系地址 家庭地址 收货地址 通讯地址 address homeaddress postaladdress",
    "note": "备注 说明 附注 note notes remark remarks comment comments",
    "book": "名片夹 客户名片夹 contactbook book",
    "tag": "标签 客户标签 业务标签 tag tags label labels businesstags",
    "tag:identity": "身份标签 identitytags",
    "tag:value": "价值标签 valuetags",
    "tag:preference": "服务偏好标签 偏好标签 preferencetags servicepreferencetags",
    "identity:openid": "openid 微信openid",
    "identity:unionid": "unionid 微信unionid",
}
_GUESSES = {word: target for target, words in _WORDS.items() for word in words.split()}


def guess(heads: Sequence[str], own: Offered) -> list[str]:
    """What each column is, empty where its head tells nothing."""
    theirs = {
        _folded(name): f"{kind}:{id}"
        for kind, known in (("relation", own.relations), ("field", own.fields))
        for id, it in known.items()
        for name in it.names.values()
    }
    found: list[str] = []
    for head in heads:
        target = _guess(head, theirs, own)
        made = column(target, own)
        found.append("" if made is None or (target in found and not made.many) else target)
    return found


def _guess(head: str, theirs: dict[str, str], own: Offered) -> str:
    said = head.strip().casefold()
    if ":" in said and column(said, own) is not None:
        return said
    word = _folded(head)
    for each in (word, re.sub(r"\d+$", "", word)):
        if target := theirs.get(each) or _GUESSES.get(each):
            return target
    return f"field:{said}"


def _folded(head: str) -> str:
    text = unicodedata.normalize("NFKC", head).casefold()
    return re.sub(r"\(.*\)|[\W_]+", "", text)
