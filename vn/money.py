"""Whole đồng: rounding, sharing out, and the ways an amount is written."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor

from vn.fidelity import Fact

__all__ = ["FACTS", "formatted", "half_up", "in_words", "split"]

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
ZERO_TENS = "linh"
GROUPS = ((1_000_000, "triệu"), (1_000, "nghìn"), (1, ""))
BILLION = 1_000_000_000


def half_up(amount: Decimal | Fraction) -> int:
    """`amount` in whole đồng, a half rounded away from zero; rounding to whole đồng is an assumption [M]."""
    exact = Fraction(amount)
    whole = floor(abs(exact) + Fraction(1, 2))
    return whole if exact >= 0 else -whole


def split(amount: int, shares: Sequence[Fraction]) -> list[int]:
    """`amount` by `shares`, which add up to one; every part is half up and the last takes what rounding leaves [M].

    The parts always add up to `amount`, and none is negative.
    """
    if amount < 0:
        raise ValueError(f"only an amount owed can be shared out, not {amount}")
    if sum(shares) != 1 or min(shares) < 0:
        raise ValueError(f"shares must be parts of one whole, these add up to {sum(shares)}")
    parts: list[int] = []
    left = amount
    for share in shares[:-1]:
        part = min(half_up(amount * share), left)
        parts.append(part)
        left -= part
    return [*parts, left]


def formatted(amount: int) -> str:
    """As it is printed: 1158500 is `1.158.500 đ`."""
    return f"{amount:,}".replace(",", ".") + " đ"


def in_words(amount: int) -> str:
    """As it is spelt on a notice: 1158500 is `Một triệu một trăm năm mươi tám nghìn năm trăm đồng`.

    A gap is read aloud (1005 is `Một nghìn không trăm linh năm đồng`); an empty group of three digits is passed over.
    """
    if amount < 0:
        raise ValueError(f"an amount on a notice is not negative: {amount}")
    words = " ".join(_number(amount)) or DIGITS[0]
    return f"{words[0].upper()}{words[1:]} đồng"


def _number(number: int, after_more: bool = False) -> list[str]:
    """The words of `number`; `after_more`: larger digits have been read, so that gaps must be heard."""
    billions, rest = divmod(number, BILLION)
    words = [*_number(billions, after_more), "tỷ"] if billions else []
    after_more = after_more or bool(billions)
    for size, name in GROUPS:
        group, rest = divmod(rest, size)
        if group:
            words += _group(group, after_more)
            words += [name] if name else []
            after_more = True
    return words


def _group(group: int, after_more: bool) -> list[str]:
    hundreds, rest = divmod(group, 100)
    words = [DIGITS[hundreds], "trăm"] if hundreds or after_more else []
    return words + _tens(rest, after_hundreds=bool(words))


def _tens(number: int, *, after_hundreds: bool) -> list[str]:
    tens, unit = divmod(number, 10)
    if tens == 0:
        return ([ZERO_TENS] if after_hundreds else []) + [DIGITS[unit]] if unit else []
    words = ["mười"] if tens == 1 else [DIGITS[tens], "mươi"]
    if unit == 1 and tens > 1:
        return [*words, "mốt"]
    if unit == 5:
        return [*words, "lăm"]
    return words + ([DIGITS[unit]] if unit else [])


FACTS = (
    Fact("Rounding of an amount", f"half up to whole đồng: 0.5 is {half_up(Fraction(1, 2))}", "", "assumption"),
    Fact(
        "What rounding leaves of a shared amount", f"the last listed: 100 by thirds is {split(100, [Fraction(1, 3)] * 3)}", "", "simulator"
    ),
    Fact(
        "A zero between digits in words", f"{ZERO_TENS}: 105 is {in_words(105)}", "northern usage; lẻ in the south", "assumption", "region"
    ),
)
