"""Why an input was not accepted, in Vietnamese: every kind of fault that pydantic reports."""

from collections.abc import Callable, Mapping
from typing import Any

Context = Mapping[str, Any]

REASONS: Mapping[str, str | Callable[[Context], str]] = {
    "missing": "bắt buộc phải có",
    "extra_forbidden": "không có trường này trong mẫu",
    "json_invalid": "không phải JSON hợp lệ",
    "json_type": "không phải JSON hợp lệ",
    "string_type": "phải là chuỗi ký tự",
    "string_sub_type": "phải là chuỗi ký tự",
    "string_unicode": "phải là chuỗi ký tự Unicode hợp lệ",
    "string_too_short": lambda c: f"phải có ít nhất {c['min_length']} ký tự" if c["min_length"] > 1 else "không được để trống",
    "string_too_long": lambda c: f"chỉ được có tối đa {c['max_length']} ký tự",
    "string_pattern_mismatch": lambda c: f"không đúng định dạng {c['pattern']}",
    "int_type": "phải là số nguyên",
    "int_parsing": "phải là số nguyên",
    "int_from_float": "phải là số nguyên, không có phần thập phân",
    "int_parsing_size": "số quá lớn",
    "float_type": "phải là số",
    "float_parsing": "phải là số",
    "finite_number": "phải là số hữu hạn",
    "decimal_type": "phải là số thập phân",
    "decimal_parsing": "phải là số thập phân",
    "decimal_max_digits": lambda c: f"chỉ được có tối đa {c['max_digits']} chữ số",
    "decimal_max_places": lambda c: f"chỉ được có tối đa {c['decimal_places']} chữ số thập phân",
    "decimal_whole_digits": lambda c: f"chỉ được có tối đa {c['whole_digits']} chữ số trước dấu thập phân",
    "bool_type": "phải là true hoặc false",
    "bool_parsing": "phải là true hoặc false",
    "greater_than": lambda c: f"phải lớn hơn {c['gt']}",
    "greater_than_equal": lambda c: f"phải từ {c['ge']} trở lên",
    "less_than": lambda c: f"phải nhỏ hơn {c['lt']}",
    "less_than_equal": lambda c: f"chỉ được đến {c['le']}",
    "multiple_of": lambda c: f"phải là bội số của {c['multiple_of']}",
    "too_short": lambda c: f"phải có ít nhất {c['min_length']} mục",
    "too_long": lambda c: f"chỉ được có tối đa {c['max_length']} mục",
    "list_type": "phải là danh sách",
    "tuple_type": "phải là danh sách",
    "set_type": "phải là danh sách",
    "dict_type": "phải là đối tượng JSON",
    "model_type": "phải là đối tượng JSON",
    "model_attributes_type": "phải là đối tượng JSON",
    "dataclass_type": "phải là đối tượng JSON",
    "literal_error": lambda c: f"chỉ nhận {_choices(c)}",
    "enum": lambda c: f"chỉ nhận {_choices(c)}",
    "union_tag_invalid": lambda c: f"giá trị của {c['discriminator']} chỉ nhận {c['expected_tags']}",
    "union_tag_not_found": lambda c: f"phải có {c['discriminator']} để biết là mẫu nào",
    "none_required": "phải để trống",
    "uuid_type": "phải là UUID",
    "uuid_parsing": "phải là UUID",
    "url_parsing": "phải là địa chỉ URL",
    "url_type": "phải là địa chỉ URL",
    "date_type": "phải là ngày",
    "date_parsing": "phải là ngày có thật, dạng năm-tháng-ngày",
    "date_from_datetime_parsing": "phải là ngày có thật, dạng năm-tháng-ngày",
    "date_from_datetime_inexact": "phải là ngày, không kèm giờ",
    "datetime_type": "phải là ngày giờ",
    "datetime_parsing": "phải là ngày giờ có thật theo ISO 8601",
    "datetime_from_date_parsing": "phải là ngày giờ có thật theo ISO 8601",
    "timezone_aware": "phải có múi giờ",
    "time_parsing": "phải là giờ",
    "recursion_loop": "lồng nhau quá sâu",
}
OTHERWISE = "giá trị không hợp lệ"


def reason(kind: str, context: Context | None, message: str) -> str:
    """The reason for one fault of pydantic's; never the value itself, it may be personal."""
    if kind == "vietnamese":  # raised by our own shapes
        return message
    said = REASONS.get(kind, OTHERWISE)
    return said if isinstance(said, str) else said(context or {})


def _choices(context: Context) -> str:
    return str(context["expected"]).replace("'", "").replace(" or ", " hoặc ")
