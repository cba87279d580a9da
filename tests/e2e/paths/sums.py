"""A sale whose amounts were worked by hand."""

from tests.e2e.town import Shown, Town

__all__ = ["FEE", "PRICE", "TAX", "sale"]

PRICE = 3_123_456_789  # above the table price of every home: 108 m² x 17,982,000 đ at the most
FEE = 15_617_284  # 0.5 % is 15,617,283.945
TAX = 62_469_136  # 2 % is 62,469,135.78


async def sale(town: Town, seed: int) -> Shown:
    """A form: one seller, one buyer, one home, for `PRICE`."""
    form = await town.form("transfer", seed=seed)
    form["ThuaDat"][0]["GiaTri"] = PRICE
    return form
