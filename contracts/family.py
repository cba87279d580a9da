"""Who says what to whom: the contracts of the land dossier and of the exchange, as one table."""

from contracts.define import Declared, define
from contracts.dossier import DossierSubmitted, DossierSupplemented, StatusChanged, WithdrawalRequested
from contracts.exchange import DeliveryFailed, ExchangeReceipt
from contracts.payment import PaymentFailed, PaymentReceipt, PaymentRequested
from contracts.register import RegisterUpdated
from contracts.slip import SlipCancelled, SlipReturned, TransferSlip12, TransferSlip19
from contracts.tax import NoObligation, NoticeCancelled, ObligationCompleted, PaymentNotice, ReceiptReconciled

LGSP = "VN/GOV/H37.10/lgsp"  # the exchange itself
DVC = "VN/GOV/H37.10/dvc"  # TTHC information system, portal and one-stop
ILIS = "VN/GOV/H37.15/ilis"  # land registration office
TCT = "VN/GOV/G12.20/tct"  # tax authority
PAYPLAT = "VN/GOV/G12.18/payplat"  # payment platform and treasury
ANY = "*"

FAMILY: tuple[Declared, ...] = (
    define("dossier.submitted", DVC, (ILIS,), DossierSubmitted, "Hồ sơ được nộp"),
    define("dossier.supplemented", DVC, (ILIS,), DossierSupplemented, "Hồ sơ được bổ sung"),
    define("dossier.withdrawal-requested", DVC, (ILIS,), WithdrawalRequested, "Yêu cầu rút hồ sơ"),
    define("dossier.status-changed", ILIS, (DVC,), StatusChanged, "Cập nhật tiến độ hồ sơ"),
    define("land.transfer-slip", ILIS, (TCT,), TransferSlip12 | TransferSlip19, "Phiếu chuyển thông tin"),
    define("land.slip-cancelled", ILIS, (TCT,), SlipCancelled, "Hủy phiếu chuyển thông tin"),
    define("land.register-updated", ILIS, (DVC, TCT), RegisterUpdated, "Chỉnh lý biến động đất đai"),
    define("tax.slip-returned", TCT, (ILIS,), SlipReturned, "Thuế chuyển trả phiếu sai"),
    define("tax.payment-notice", TCT, (ILIS, DVC), PaymentNotice, "Thông báo nộp tiền"),
    define("tax.notice-cancelled", TCT, (ILIS, DVC), NoticeCancelled, "Hủy thông báo nộp tiền"),
    define("tax.no-obligation", TCT, (ILIS, DVC), NoObligation, "Không phát sinh nghĩa vụ tài chính"),
    define("tax.receipt-reconciled", TCT, (DVC, PAYPLAT), ReceiptReconciled, "Đối soát chứng từ"),
    define("tax.obligation-completed", TCT, (ILIS, DVC), ObligationCompleted, "Hoàn thành nghĩa vụ tài chính"),
    define("payment.requested", DVC, (PAYPLAT,), PaymentRequested, "Yêu cầu thanh toán"),
    define("payment.failed", PAYPLAT, (DVC,), PaymentFailed, "Thanh toán không thành công"),
    define("payment.receipt", PAYPLAT, (TCT, DVC), PaymentReceipt, "Chứng từ nộp tiền"),
    define("exchange.receipt", LGSP, (ANY,), ExchangeReceipt, "Kết quả xử lý của trục"),
    define("exchange.delivery-failed", ANY, (LGSP,), DeliveryFailed, "Không xử lý được thông điệp"),
)
