"""Codes of events in words: Chinese, English."""

from __future__ import annotations

Both = tuple[str, str]

MEDIA: dict[str, Both] = {
    "voice": ("来电", "a call"),
    "chat": ("在线聊天", "a chat"),
    "mail": ("邮件", "a mail"),
    "sms": ("短信", "a text message"),
    "social": ("社交媒体消息", "a social message"),
}
OUTCOMES: dict[str, Both] = {
    "answered": ("已接通", "answered"),
    "abandoned": ("放弃", "abandoned"),
    "flow_out": ("转出", "flowed out"),
    "lost": ("系统中断", "lost"),
    "failed": ("失败", "failed"),
}
ATTRIBUTES: dict[str, Both] = {
    "vip": ("VIP 客户", "VIP"),
    "years": ("客户年限（年）", "years as a customer"),
    "calls_today": ("今日第几次来电", "which call today"),
    "calls_year": ("一年内第几次来电", "which call in a year"),
    "answered_year": ("一年内人工接通次数", "talks with a person in a year"),
    "language": ("语种", "language"),
    "entry": ("呼叫入口", "entry point"),
}
CAUSES: dict[str, Both] = {
    "customer": ("客户挂断", "the customer hung up"),
    "agent": ("坐席挂断", "the agent hung up"),
    "flow": ("流程结束", "the flow ended it"),
    "engine_lost": ("语音引擎故障", "the voice engine broke"),
    "refused": ("被拒绝", "refused"),
    "failed": ("呼叫失败", "the call failed"),
    "no_answer": ("客户未接", "the customer did not answer"),
    "busy": ("客户忙", "the customer was busy"),
    "outside": ("外线方挂断", "the outside party hung up"),
    "rejected": ("客户拒接", "the customer declined"),
    "unreachable": ("号码无法接通", "the number could not be reached"),
    "cancelled": ("已取消", "cancelled"),
    "expired": ("回呼已过期", "the callback expired"),
    "overflow": ("队列溢出", "the queue overflowed"),
    "unknown": ("不明", "unknown"),
}
WHYS: dict[str, Both] = {
    "ring_no_answer": ("未应答", "no answer"),
    "declined": ("拒接", "declined"),
    "connect_failed": ("接续失败", "could not be joined"),
    "unreachable": ("话机未就绪", "phone not there"),
    "no_agents": ("无人值守", "nobody on duty"),
    "taken": ("其他坐席先接", "somebody else was quicker"),
    "cancelled": ("已取消", "cancelled"),
    "customer_left": ("客户离开", "the customer left"),
    "owner_left": ("发起人离开", "who asked has left"),
    "left": ("对方离开", "they left"),
    "lost": ("连接断开", "connection lost"),
    "flow": ("流程", "the flow"),
    "agent": ("坐席", "by the agent"),
    "not_mine": ("不属于我的业务", "not their field"),
    "conflict": ("需要回避", "conflict of interest"),
    "unfinished": ("手头工作未完", "work unfinished"),
    "equipment": ("设备问题", "trouble with equipment"),
    "busy": ("忙", "busy"),
    "no_answer": ("未应答", "no answer"),
    "rejected": ("拒接", "rejected"),
    "hangup": ("挂断", "hung up"),
    "failed": ("失败", "failed"),
    "transfer": ("已转接", "transferred"),
    "engine_lost": ("语音引擎故障", "the voice engine broke"),
    "presence": ("班长改变状态", "a supervisor changed their presence"),
}
DONE: dict[str, Both] = {
    "finished": ("手动完成", "finished"),
    "limit": ("超时结束", "limit"),
    "none": ("不设话后", "no wrap-up"),
    "parked": ("搁置时结束", "ended while parked"),
}
OVERFLOWS: dict[str, Both] = {
    "closed": ("已关闭", "closed"),
    "out_of_hours": ("非服务时间", "out of hours"),
    "no_agents": ("无人值守", "nobody on duty"),
    "size": ("排队太多", "too many waiting"),
    "longest_wait": ("最长等待超限", "the longest wait"),
    "estimated_wait": ("预计等待超限", "the estimated wait"),
    "waited": ("等待超时", "waited too long"),
}
DESTINATIONS: dict[str, Both] = {
    "queue": ("队列", "queue"),
    "site": ("其他职场", "another site,"),
    "callback": ("回呼", "a callback"),
    "voicemail": ("语音留言", "voicemail"),
    "message": ("留言登记", "a message"),
}
DEMANDS: dict[str, Both] = {
    "complaint": ("投诉", "complaint"),
    "urgent": ("紧急", "urgent"),
    "callback_promised": ("已承诺回电", "callback promised"),
    "refund": ("退费", "refund"),
    "technical": ("技术问题", "technical"),
    "fragile": ("需特别关照", "fragile"),
    "language": ("语言", "language"),
    "other": ("其他", "other"),
}
MOODS: dict[str, Both] = {
    "pleased": ("满意", "pleased"),
    "calm": ("平静", "calm"),
    "worried": ("着急", "worried"),
    "upset": ("不满", "upset"),
    "angry": ("愤怒", "angry"),
}
