"""Where a twelve-digit number was first registered, by its first three digits.

The codes are those of the 63 provinces at the time of birth registration (and of countries, 101–295): a code
in a number never changes, whatever was merged since.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PROVINCES: Mapping[str, str] = MappingProxyType(
    {
        "001": "Hà Nội",
        "002": "Hà Giang",
        "004": "Cao Bằng",
        "006": "Bắc Kạn",
        "008": "Tuyên Quang",
        "010": "Lào Cai",
        "011": "Điện Biên",
        "012": "Lai Châu",
        "014": "Sơn La",
        "015": "Yên Bái",
        "017": "Hòa Bình",
        "019": "Thái Nguyên",
        "020": "Lạng Sơn",
        "022": "Quảng Ninh",
        "024": "Bắc Giang",
        "025": "Phú Thọ",
        "026": "Vĩnh Phúc",
        "027": "Bắc Ninh",
        "030": "Hải Dương",
        "031": "Hải Phòng",
        "033": "Hưng Yên",
        "034": "Thái Bình",
        "035": "Hà Nam",
        "036": "Nam Định",
        "037": "Ninh Bình",
        "038": "Thanh Hóa",
        "040": "Nghệ An",
        "042": "Hà Tĩnh",
        "044": "Quảng Bình",
        "045": "Quảng Trị",
        "046": "Thừa Thiên Huế",
        "048": "Đà Nẵng",
        "049": "Quảng Nam",
        "051": "Quảng Ngãi",
        "052": "Bình Định",
        "054": "Phú Yên",
        "056": "Khánh Hòa",
        "058": "Ninh Thuận",
        "060": "Bình Thuận",
        "062": "Kon Tum",
        "064": "Gia Lai",
        "066": "Đắk Lắk",
        "067": "Đắk Nông",
        "068": "Lâm Đồng",
        "070": "Bình Phước",
        "072": "Tây Ninh",
        "074": "Bình Dương",
        "075": "Đồng Nai",
        "077": "Bà Rịa - Vũng Tàu",
        "079": "Hồ Chí Minh",
        "080": "Long An",
        "082": "Tiền Giang",
        "083": "Bến Tre",
        "084": "Trà Vinh",
        "086": "Vĩnh Long",
        "087": "Đồng Tháp",
        "089": "An Giang",
        "091": "Kiên Giang",
        "092": "Cần Thơ",
        "093": "Hậu Giang",
        "094": "Sóc Trăng",
        "095": "Bạc Liêu",
        "096": "Cà Mau",
    }
)

COUNTRY_CODES = range(101, 296)

# The countries most met at counters; the other codes of the range are known as countries without a name.
COUNTRIES: Mapping[str, str] = MappingProxyType(
    {
        "101": "Afghanistan",
        "118": "Ba Lan",
        "139": "Campuchia",
        "155": "Đức",
        "174": "Hàn Quốc (Nam Hàn)",
        "175": "Hoa Kỳ (Mỹ)",
        "193": "Lào",
        "231": "Nga",
        "232": "Nhật Bản",
        "240": "Pháp (Pháp Lan Tây)",
        "252": "Séc (Tiệp)",
        "279": "Trung Quốc",
        "284": "Úc (Ốt-xrây-li-a)",
        "295": "Zimbabwe (Dim-ba-bu-ê)",
    }
)


def known_place(code: str) -> bool:
    """Whether three digits are a province of birth registration or a country."""
    return code in PROVINCES or int(code) in COUNTRY_CODES


def place_name(code: str) -> str | None:
    """The province's or country's name as it was when the number was given; None where it isn't known."""
    return PROVINCES.get(code) or COUNTRIES.get(code)
