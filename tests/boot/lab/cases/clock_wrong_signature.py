"""AWS refuses requests that are signed a day off: the boot says so, tries on, and succeeds when the clock is right."""
import datetime

import standins

ON = ("aws",)


def run(lab):
    lab.start_database()
    lab.cloud.serve()
    skew = [datetime.timedelta(days=1)]
    signed_well = standins.aws_signature

    def signature(headers, body):
        signed = datetime.datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ")
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) + skew[0]
        # AWS takes five minutes either way.
        return signed_well(headers, body) and abs(now - signed) < datetime.timedelta(minutes=5)

    standins.aws_signature = signature
    machine = lab.make_machine(lab.user_data("coderd"))
    machine.boot()
    lab.eventually("the console says that the store refuses", lambda: machine.console_text().count("error: 403") >= 3, 60, lab.story)
    lab.expect("coderd does not start", not lab.healthy())
    skew[0] = datetime.timedelta(0)
    lab.eventually("when the clock is right, coderd is healthy by itself", lab.healthy, 90, lab.story)
    lab.expect_no_leak()
