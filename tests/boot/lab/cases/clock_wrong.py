"""The clock is wrong by a day: certificates that are younger or older than that are refused, with the reason, until it is right.

The machine's clock is the host's and is left alone; the world's is shifted instead, which looks the same from within.
"""
import time

from cloud import DAY, METADATA

ON = ("gcp", "azure")


def run(lab):
    lab.start_database()
    if lab.cloud_name == "gcp":
        # A machine whose clock is a day slow meets a certificate made in its future.
        words, reason, window = "a day slow", "certificate is not yet valid", {"since": DAY - 3600, "until": 91 * DAY}
    else:
        words, reason, window = "a day fast", "certificate has expired", {"since": -60 * DAY, "until": -3600}
    lab.cloud.serve(**window)
    machine = lab.make_machine(lab.user_data("coderd"))
    machine.boot()
    lab.eventually(f"{words}: the console names the reason", lambda: reason in machine.console_text(), 60, lab.story)
    lab.expect("coderd does not start", not lab.healthy())
    asked = [line for line in lab.cloud.requests() if METADATA not in line]
    lab.expect("no certificate is accepted unverified: nothing was asked for over HTTPS", not asked, str(asked))
    lab.expect("the boot unit is still at it", machine.show("tierform-boot.service", "ActiveState") == "activating")
    # The same clock, and a certificate that has more than a day left on either side: what clouds mostly serve.
    lab.cloud.reissue()
    came = time.monotonic()
    lab.eventually("with certificates that allow for a day, coderd is healthy", lab.healthy, 90, lab.story)
    lab.tell(f"healthy {time.monotonic() - came:.0f} s later")
    lab.expect_no_leak()
