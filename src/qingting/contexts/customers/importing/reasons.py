"""Why a row was not taken, in the words of whoever reads the file of errors."""

from __future__ import annotations

from .mapping import Fault

WORDS: dict[str, tuple[str, str]] = {
    "import.ragged": ("单元格数量与表头不一致", "it has another number of cells than the head"),
    "import.undecodable": (
        "有无法识别的字符，请检查文件编码",
        "characters that cannot be read: check the file's encoding",
    ),
    "import.no_identity": (
        "没有编号、电话或邮箱，无法识别客户",
        "neither id, phone nor mail: nobody can be told by it",
    ),
    "import.too_much": ("号码或标签过多", "too many numbers or tags"),
    "number.scientific": (
        "号码被表格软件转成了科学计数法，末几位已丢失：请将该列设为文本格式后重新导出",
        "a spreadsheet has turned the number into scientific notation and lost digits: format the column as text, "
        "export again",
    ),
    "number.bad": ("不是有效的电话号码", "this is no telephone number"),
    "mail.bad": ("不是有效的邮箱地址", "this is no mail address"),
    "day.bad": ("不是日期，请写成 2021-05-01", "this is no date: write 2021-05-01"),
    "kind.bad": ("类型只能是个人或企业", "the kind is person or organisation"),
    "language.bad": ("不认识的语言，请写成中文、英文或 zh、en", "an unknown language: write zh or en"),
    "text.too_long": ("文字过长", "the text is too long"),
    "tag.bad": ("标签最长 60 个字", "a tag has at most 60 characters"),
    "identity.bad": ("不是有效的标识", "this is no identity"),
    "identity.masked": (
        "号码或邮箱已被打码（***），不是原值：请由有权查看号码的人员重新导出",
        "it is masked (***), not the real one: have it exported by somebody who may see numbers",
    ),
    "consent.bad": ("请写“是”或“否”", "write yes or no"),
    "field.bad_number": ("不是数字", "this is no number"),
    "field.bad_money": ("不是金额，请写成 12.50", "this is no amount: write 12.50"),
    "field.bad_choice": ("不在可选项之内", "this is none of the choices"),
    "field.bad_yes_no": ("请写“是”或“否”", "write yes or no"),
    "relation.unknown_other": (
        "没有这个编号的客户：请先导入该客户，再导入此行",
        "nobody has this id yet: bring them in first, then this row",
    ),
    "book.bad": (
        "名片夹每行写一位：姓名,号码或邮箱,备注",
        "a contact book has an entry a line: name,number or mail,note",
    ),
    "book.full": ("这位客户的名片夹已满", "this customer's contact book is full"),
    "relation.itself": ("客户不能与自己建立关系", "customers have no relation to themselves"),
    "relation.too_many": ("这位客户的关系已达上限", "this customer can have no more relations"),
}


def reason(fault: Fault, language: str) -> str:
    zh, en = WORDS[fault.code]
    words = zh if language == "zh" else en
    if not fault.column:
        return words
    return (
        f"{fault.column}：{words}（{fault.value}）"
        if language == "zh"
        else f"{fault.column}: {words} ({fault.value})"
    )
