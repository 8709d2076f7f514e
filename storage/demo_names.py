"""Tables behind the invented people: names with how often they occur (per thousand), places, firms.

Family and given names follow published counts of a central province (more than 207,000 names); the rest is
common knowledge. Nothing here is a list of persons.
"""

FAMILIES = {
    "Nguyễn": 296, "Trần": 101, "Lê": 84, "Phạm": 59, "Hoàng": 41, "Phan": 32, "Bùi": 27, "Võ": 26,
    "Hồ": 22, "Vũ": 20, "Đặng": 19, "Đỗ": 18, "Trương": 17, "Huỳnh": 17, "Ngô": 16, "Đinh": 15,
    "Dương": 12, "Trịnh": 10, "Mai": 10, "Hà": 10, "Đoàn": 9, "Lương": 9, "Cao": 9, "Đào": 8, "Lưu": 5,
    "Lý": 5, "Phùng": 4, "Đàm": 4, "Văn": 3, "Thái": 3, "Lâm": 3, "Tạ": 3, "Vương": 3, "Tô": 3, "Hứa": 2,
    "Ông": 2,
}  # fmt: skip
GIVEN = {
    "male": {
        "Tuấn": 27, "Hoàng": 25, "Huy": 22, "Anh": 21, "Hiếu": 20, "Hùng": 20, "Nam": 20, "Sơn": 19,
        "Đức": 19, "Dũng": 17, "Thành": 16, "Đạt": 16, "Cường": 16, "Long": 15, "Trung": 15, "Hải": 14,
        "Nguyên": 14, "Thắng": 14, "Minh": 13, "Duy": 12, "Tiến": 11, "Quang": 11, "Phúc": 10,
        "Trường": 10, "Tài": 10, "Toàn": 10, "Hưng": 9, "Phong": 9, "Tùng": 9, "Linh": 9, "Ánh": 4,
        "Ân": 3, "Ơn": 1,
    },
    "female": {
        "Trang": 42, "Thảo": 35, "Linh": 30, "Anh": 25, "Phương": 22, "Hằng": 21, "Huyền": 21, "Hiền": 20,
        "Hương": 17, "Ngọc": 17, "Dung": 17, "Nhung": 17, "Thủy": 16, "Nhi": 16, "Duyên": 16, "Vân": 15,
        "Quỳnh": 15, "Nga": 15, "Yến": 15, "Trinh": 15, "Thương": 13, "Uyên": 13, "Hạnh": 13, "Ngân": 12,
        "Oanh": 12, "Trâm": 12, "Ly": 12, "Mai": 11, "Phượng": 11, "Thúy": 11, "Đào": 6, "Bé": 4,
    },
}  # fmt: skip
MIDDLE = {
    "male": {
        "Văn": 30, "Minh": 12, "Quốc": 10, "Hoàng": 9, "Đức": 9, "Thanh": 8, "Ngọc": 7, "Xuân": 6,
        "Công": 5, "Hữu": 5, "Gia": 4, "Nguyễn": 3, "Anh": 3,
    },
    "female": {
        "Ngọc": 17, "Thanh": 10, "Thu": 9, "Thùy": 8, "Phương": 7, "Kim": 7, "Minh": 6, "Bích": 6,
        "Mỹ": 6, "Hoàng": 4, "Nguyễn": 3, "Diệu": 3,
    },
}  # fmt: skip
CLANS = ("Niê", "Mlô", "Êban", "Ayŭn", "Kbuôr")  # Ê Đê: «Y» before a man's name, «H’» with a woman's
CLAN_GIVEN = {
    "male": ("Y Blim", "Y Thoal", "Y Čhuen", "Y Ñuk"),
    "female": ("H’Bơm", "H’Ƀlin", "H’Ñĕ", "H’Duôn"),
}
CO_TU = ("Alăng", "Zơrâm", "Bhnướch", "Hôih", "Pơloong")  # the neighbours in the west of the city
CO_TU_GIVEN = {
    "male": ("Bhuôch", "Nhớ", "Đêl", "Tơn"),
    "female": ("Thị Bhling", "Thị Gương", "Thị Pring", "Thị Nhơn"),
}
NATIONS: dict[str, tuple[int, str, str, str, str]] = {  # weight, passport letters, families, men, women
    "Hàn Quốc": (30, "M", "KIM LEE PARK CHOI JUNG", "MINJUN SEOJIN JIHO", "SOYEON HAEUN JIWOO"),
    "Nhật Bản": (15, "TZ", "SATO SUZUKI TANAKA ITO", "HARUTO REN SORA", "YUI AOI HINA"),
    "Trung Quốc": (15, "E", "WANG LI ZHANG CHEN", "WEI LEI QIANG", "FANG MIN JING"),
    "Hoa Kỳ": (12, "", "SMITH JOHNSON O'BRIEN MILLER", "ALEX JORDAN SCOTT", "TAYLOR MORGAN CASEY"),
    "Liên bang Nga": (12, "", "MELNYK SHEVCHUK CHERNYKH", "IVAN PAVEL OLEG", "ANNA OLGA DARIA"),
    "Lào": (8, "P", "KEOVONGSA PHOMMASONE SISOULITH", "BOUNMY SOMCHAI", "KHAMLA NOY"),
    "Pháp": (8, "", "MARTIN BERNARD LEFÈVRE", "LUC HUGO", "CAMILLE ELISE"),
}
BIRTH_PLACES = {
    "048": 52, "049": 30, "046": 4, "051": 4, "045": 2, "044": 2, "052": 2, "040": 1, "001": 1, "079": 1,
    "066": 1,
}  # fmt: skip
OLD_CARD_PREFIXES = {"048": ("200", "201"), "049": ("205", "206")}
PHONE_PREFIXES = {
    "0905": 30,
    "0935": 20,
    "0914": 12,
    "0983": 10,
    "0773": 8,
    "0368": 8,
    "0899": 6,
    "0562": 3,
    "0879": 3,
}
WARDS = (
    "phường Hải Châu", "phường Hòa Cường", "phường Thanh Khê", "phường An Khê", "phường An Hải",
    "phường Sơn Trà", "phường Ngũ Hành Sơn", "phường Hòa Khánh", "phường Liên Chiểu", "phường Cẩm Lệ",
    "phường Hòa Xuân", "phường Hội An", "phường Hội An Tây", "phường Điện Bàn", "phường Tam Kỳ",
    "phường Bàn Thạch", "xã Hòa Vang", "xã Hòa Tiến", "xã Bà Nà", "xã Núi Thành", "xã Thăng Bình",
    "xã Duy Nghĩa", "xã Đại Lộc", "xã Quế Sơn",
)  # fmt: skip
STREETS = (
    "Lê Lợi", "Trần Phú", "Hùng Vương", "Ông Ích Khiêm", "Điện Biên Phủ", "Nguyễn Tất Thành", "Ngô Quyền",
    "Hoàng Diệu", "Phan Châu Trinh", "Nguyễn Văn Linh", "Núi Thành", "Duy Tân", "Trưng Nữ Vương",
    "Huỳnh Thúc Kháng", "Tôn Đức Thắng",
)  # fmt: skip
HAMLETS = ("Đông Hòa", "Phú Sơn", "An Bình", "Tân Phong", "Mỹ Sơn Tây", "Trà Đông", "Cẩm Toại")
FIRMS = (
    "Công ty TNHH MTV {} ", "Công ty TNHH {} ", "Công ty Cổ phần {} ", "Doanh nghiệp tư nhân {} ",
    "Hợp tác xã {} ", "Khách sạn ", "Nhà hàng ", "Trường Mầm non ",
)  # fmt: skip
TRADES = ("Xây dựng", "Thương mại và Dịch vụ", "Du lịch", "Vận tải", "Cầm đồ", "Bảo vệ", "Cơ khí", "In ấn")
FIRM_NAMES = (
    "Ánh Dương",
    "Biển Xanh",
    "Hòa Phát Lộc",
    "Sông Hàn Mới",
    "Trường An Phú",
    "Minh Đăng Khoa",
    "Hoa Sen Vàng",
)
