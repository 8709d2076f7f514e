from datetime import timedelta
from storage.slips import slip_code
from tests.conftest import act, take_in, NOW


def test_x(cli, desk):
    f = open("/tmp/out.txt", "w")

    def say(*a):
        print(*a, file=f, flush=True)

    def run(*a):
        r = cli("verify-slip", *a)
        say(a[1:], r.status)
        say(r.out, r.err)

    t0 = NOW - timedelta(days=7)
    d = take_in(desk, at=t0)
    t = slip_code(desk, desk.dossier(d))
    say(t, len(t))
    for a in (
        (t,),
        (t, "--lang", "en"),
        (t, "--json"),
        (t[:50] + ("0" if t[50] != "0" else "1") + t[51:],),
        ("H30-001-260514-0001",),
        ("foo",),
        ("MC2:X",),
        (t[:-3],),
    ):
        run(*a)
    act(desk, d, "supplement_requested", items=["x"], at=t0 + timedelta(hours=2))
    run(t)
    t = slip_code(desk, desk.dossier(d))
    run(t)
    act(desk, d, "supplement_received", at=t0 + timedelta(hours=50))
    run(t)
    t = slip_code(desk, desk.dossier(d))
    run(t)
    act(desk, d, "rescheduled", due_at="2026-06-28T17:00:00+07:00", reason="x", at=NOW)
    run(t)
    t = slip_code(desk, desk.dossier(d))
    run(t)
    for proc in ("vehicle-registration-first", "stay-notice"):
        d = take_in(desk, procedure=proc)
        t = slip_code(desk, desk.dossier(d))
        run(t)
