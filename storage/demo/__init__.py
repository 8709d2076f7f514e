"""The demo station: invented people, real procedures, two desks, a year."""

from storage.demo.station import (
    DEFAULT_AT,
    DemoDesk,
    DemoOfficer,
    DemoStation,
    Progress,
    demo_players,
    make_demo,
    read_demo,
)

__all__ = [
    "DEFAULT_AT",
    "DemoDesk",
    "DemoOfficer",
    "DemoStation",
    "Progress",
    "demo_players",
    "make_demo",
    "read_demo",
]
