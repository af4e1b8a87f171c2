"""What the house itself says to callers, in every language it speaks. `{…}` are filled with `fill`."""

from __future__ import annotations

import math

STANDARD: dict[str, dict[str, str]] = {
    "place": {
        "zh": "您前面还有{ahead}位客户。",
        "en": "There are {ahead} callers ahead of you.",
    },
    "place_one": {
        "zh": "您前面还有一位客户。",
        "en": "There is one caller ahead of you.",
    },
    "place_next": {
        "zh": "您是下一位。",
        "en": "You are next.",
    },
    "wait_short": {
        "zh": "预计等待时间不到一分钟。",
        "en": "The expected wait is less than a minute.",
    },
    "wait_one": {
        "zh": "预计等待时间约一分钟。",
        "en": "The expected wait is about one minute.",
    },
    "wait": {
        "zh": "预计等待时间约{minutes}分钟。",
        "en": "The expected wait is about {minutes} minutes.",
    },
    "wait_long": {
        "zh": "预计等待时间超过一小时。",
        "en": "The expected wait is more than one hour.",
    },
    "please_hold": {
        "zh": "请稍候，正在为您转接人工服务。",
        "en": "Please hold. We are connecting you to a colleague.",
    },
    "please_stay": {
        "zh": "系统繁忙，请不要挂机，我们很快为您服务。",
        "en": "Please stay on the line. We will be with you shortly.",
    },
    "recording_consent": {
        "zh": "为了保证服务质量，您的通话可能会被录音。",
        "en": "To maintain the quality of our service, this call may be recorded.",
    },
    "closed": {
        "zh": "您好，现在是非工作时间，请您在工作时间再来电。感谢您的来电，再见。",
        "en": "We are closed at the moment. Please call again during our opening hours. Thank you, and goodbye.",
    },
    "unknown_number": {
        "zh": "您拨打的号码未启用，请核对后再拨。",
        "en": "The number you have dialled is not in use. Please check it and dial again.",
    },
    "technical_trouble": {
        "zh": "非常抱歉，系统暂时出现故障，请您稍后再来电。再见。",
        "en": "We are sorry, we have a technical problem at the moment. Please call again later. Goodbye.",
    },
    "no_agents": {
        "zh": "非常抱歉，目前没有客服人员在线，请您稍后再来电。再见。",
        "en": "We are sorry, nobody is available at the moment. Please call again later. Goodbye.",
    },
    "not_allowed": {
        "zh": "非常抱歉，您的来电无法接通。再见。",
        "en": "We are sorry, your call cannot be connected. Goodbye.",
    },
    "no_input": {
        "zh": "没有检测到您的按键。",
        "en": "We did not receive your choice.",
    },
    "no_match": {
        "zh": "您的输入有误，请重新选择。",
        "en": "That is not one of the choices.",
    },
    "ask_number": {
        "zh": "请输入您的电话号码，按井号键结束。",
        "en": "Please enter your telephone number, then press the hash key.",
    },
    "callback_hint": {
        "zh": "不想等待请按1，我们按您的排队顺序给您回电。",
        "en": "If you prefer not to wait, press 1: we call you back, and you keep your place.",
    },
    "callback_taken": {
        "zh": "好的，轮到您时我们会给您回电。感谢您的来电，再见。",
        "en": "Thank you. We will call you back when it is your turn. Goodbye.",
    },
    "callback_failed": {
        "zh": "非常抱歉，无法为您登记回电，请您稍后再来电。再见。",
        "en": "We are sorry, we cannot call you back at this number. Please call again later. Goodbye.",
    },
    "callback_hello": {
        "zh": "您好，这是您预约的回电，正在为您接通客服。",
        "en": "Hello, this is the call that you asked for. We are connecting you now.",
    },
    "message_taken": {
        "zh": "好的，您的来电已经登记，我们会尽快与您联系。再见。",
        "en": "Thank you. We have noted your call and will be in touch soon. Goodbye.",
    },
    "message_failed": {
        "zh": "非常抱歉，无法登记您的来电，请您稍后再来电。再见。",
        "en": "We are sorry, we could not note your call. Please call again later. Goodbye.",
    },
    "voicemail": {
        "zh": "请在提示音后留言，留言将被录音。说完请按井号键，或者直接挂机。",
        "en": "Please leave a message after the tone; it is recorded. When you have finished, press hash or hang up.",
    },
    "voicemail_taken": {
        "zh": "您的留言已经收到，我们会尽快与您联系。再见。",
        "en": "Thank you. We have your message and will be in touch soon. Goodbye.",
    },
    "voicemail_failed": {
        "zh": "非常抱歉，目前无法录制留言，请您稍后再来电。再见。",
        "en": "We are sorry, messages cannot be recorded at the moment. Please call again later. Goodbye.",
    },
    "goodbye": {
        "zh": "感谢您的来电，再见。",
        "en": "Thank you for calling. Goodbye.",
    },
}


def text_of(name: str, language: str, **values: int) -> str:
    """Raises KeyError for an unknown name. A language we do not speak hears English."""
    texts = STANDARD[name]
    return texts.get(language, texts["en"]).format(**values)


def say_place(place: int) -> tuple[str, dict[str, int]]:
    """Name and values of the prompt for a place in the queue, 1 being next."""
    if place <= 1:
        return "place_next", {}
    return ("place_one", {}) if place == 2 else ("place", {"ahead": place - 1})


def say_wait(wait_s: float) -> tuple[str, dict[str, int]]:
    """Name and values of the prompt for an estimated wait: minutes up to ten, then fives, then an hour."""
    minutes = math.ceil(wait_s / 60) if wait_s <= 600 else math.ceil(wait_s / 300) * 5
    if wait_s < 50:
        return "wait_short", {}
    if minutes <= 1:
        return "wait_one", {}
    return ("wait", {"minutes": minutes}) if minutes <= 60 else ("wait_long", {})
