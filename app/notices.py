"""Payment notices and receipts as the citizen gets them, in Vietnamese, on a terminal."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rich.box import ROUNDED
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table

from vn.money import formatted

__all__ = ["show_notices", "show_receipts"]

Case = Mapping[str, Any]


def show_notices(console: Console, case: Case) -> None:
    """One panel per notice; what is exempt stands once, below the last."""
    for notice in case["ThongBaoThue"]:
        console.print(_notice(notice))
    exempted = {(each["LoaiThongBao"], each["NguoiNopThue"], each["CanCu"]) for n in case["ThongBaoThue"] for each in n["MienGiam"]}
    for kind, taxpayer, ground in sorted(exempted):
        console.print(f"Miễn: {kind} của {taxpayer}: {ground}", markup=False)
    if not case["ThongBaoThue"]:
        console.print("Chưa có thông báo nộp tiền nào.")


def show_receipts(console: Console, case: Case) -> None:
    """One row per receipt, with what tax made of it."""
    table = Table(title="Chứng từ nộp ngân sách", box=ROUNDED, title_justify="left")
    for column in ("Số chứng từ", "Thông báo", "Số tiền", "Ngày nộp", "Cơ quan thuế đối soát"):
        table.add_column(column, overflow="fold", justify="right" if column == "Số tiền" else "left")
    for each in case["ChungTu"]:
        table.add_row(each["SoChungTu"], each["SoThongBao"], each["HienThi"], _moment(each["NgayNop"]), each["DoiSoat"])
    console.print(table)


def _notice(notice: Case) -> Panel:
    lines = Table(box=None, pad_edge=False, header_style="bold")
    for column, right in (
        ("Tiểu mục", False),
        ("Chương", False),
        ("Căn cứ tính", True),
        ("Tỷ lệ", True),
        ("Số tiền", True),
        ("Hạn nộp", False),
    ):
        lines.add_column(column, justify="right" if right else "left", overflow="fold")
    for each in notice["KhoanNop"]:
        lines.add_row(
            f"{each['TieuMuc']} {each['TenTieuMuc']}",
            each["Chuong"],
            formatted(each["CanCuTinh"]),
            _percent(each["TyLe"]),
            each["HienThi"],
            _day(each["HanNop"]),
        )
    payer = notice["NguoiNopThue"]
    issued = f"{notice['CoQuanThue']}  ·  ngày {_day(notice['NgayThongBao'])}  ·  thông báo {notice['ThuTu']}"
    head = f"{issued}\nNgười nộp: {payer['HoTen']} ({payer['SoDinhDanh']})"
    total = f"Tổng cộng: [bold]{notice['HienThi']}[/bold]\nBằng chữ: {notice['BangChu']}\nNộp vào: {notice['KhoBac']}"
    state = f"{notice['TenTrangThai']}; còn phải nộp {formatted(notice['ConPhaiNop'])}"
    title = f"[bold]{notice['TenThongBao']}[/bold]  Số {notice['SoThongBao']}"
    return Panel(Group(head, lines, total), title=title, title_align="left", subtitle=state, subtitle_align="right", box=ROUNDED)


def _percent(rate: float) -> str:
    """0.005 -> 0,5 %"""
    return f"{(Decimal(str(rate)) * 100).normalize():f} %".replace(".", ",")


def _day(text: str) -> str:
    return f"{text[6:8]}/{text[4:6]}/{text[:4]}"


def _moment(text: str) -> str:
    return f"{_day(text)} {text[8:10]}:{text[10:12]}"
