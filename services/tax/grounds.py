"""Why a duty is nil, in the words of a notice: the legal ground of each exemption."""

from collections.abc import Sequence
from datetime import date

from services.tax.slip import Kind, Relation
from vn.fidelity import Fact
from vn.money import formatted

NEW_INCOME_TAX_LAW = date(2026, 7, 1)  # Luật 109/2025/QH15 in force [C]

RELATION_NAMES = {
    Relation.SPOUSE: "vợ với chồng",
    Relation.PARENT_CHILD: "cha đẻ, mẹ đẻ với con đẻ",
    Relation.ADOPTIVE: "cha nuôi, mẹ nuôi với con nuôi",
    Relation.PARENT_IN_LAW: "cha mẹ chồng với con dâu, cha mẹ vợ với con rể",
    Relation.GRANDPARENT: "ông bà với cháu",
    Relation.SIBLING: "anh chị em ruột với nhau",
}


def income_tax_law(on: date) -> str:
    """The law on personal income tax in force on this date."""
    if on >= NEW_INCOME_TAX_LAW:
        return "Luật Thuế thu nhập cá nhân số 109/2025/QH15"
    return "Điều 4 Luật Thuế thu nhập cá nhân số 04/2007/QH12"


def related(kind: Kind, relations: Sequence[Relation], on: date) -> str:
    """Exempt because the parties are family."""
    names = "; ".join(RELATION_NAMES[relation] for relation in relations)
    if kind is Kind.REGISTRATION_FEE:
        return f"Miễn lệ phí trước bạ nhà, đất giữa {names}: khoản 10 Điều 10 Nghị định 10/2022/NĐ-CP"
    return f"Miễn thuế thu nhập cá nhân giữa {names}: {income_tax_law(on)}"


def only_home(on: date) -> str:
    """Exempt because it is the transferor's only home."""
    return f"Miễn thuế thu nhập cá nhân do chuyển nhượng nhà ở, đất ở duy nhất: {income_tax_law(on)}"


def not_an_individual() -> str:
    """Organisations pay corporate income tax, which is not simulated."""
    return "Tổ chức không thuộc đối tượng nộp thuế thu nhập cá nhân; thuế thu nhập doanh nghiệp không thu theo thông báo này"


def below_threshold(value: int, threshold: int, on: date) -> str:
    """A gift not above the threshold in force."""
    return f"Giá trị quà tặng {formatted(value)} không vượt quá {formatted(threshold)}: {income_tax_law(on)}"


def no_difference() -> str:
    """A change of purpose to a price that is not higher."""
    return "Giá đất sau khi chuyển mục đích không cao hơn giá đất trước khi chuyển: Điều 8 Nghị định 103/2024/NĐ-CP"


def rounds_to_nothing() -> str:
    """Less than half a đồng."""
    return "Số tiền tính được là 0 đồng"


FACTS = (
    Fact(
        "Articles cited as ground of an exemption",
        f"{income_tax_law(date.min)}; {income_tax_law(NEW_INCOME_TAX_LAW)} from {NEW_INCOME_TAX_LAW}; NĐ 10/2022 art. 10",
        "from memory, not read in the texts",
        "assumption",
    ),
)
