"""The metadata service is silent for the machine's first 60 seconds: the boot waits for it."""
import time

ON = ("azure",)


def run(lab):
    lab.start_database()
    lab.cloud.serve()
    lab.cloud.drop_metadata()
    machine = lab.make_machine(lab.user_data("coderd"))
    machine.boot()
    time.sleep(60)
    lab.expect("coderd does not start before it knows its address", not lab.healthy())
    lab.expect("the boot unit is still at it", machine.show("tierform-boot.service", "ActiveState") == "activating")
    lab.cloud.add_metadata()
    came = time.monotonic()
    lab.eventually("coderd is healthy once the service answers", lab.healthy, 90, lab.story)
    lab.tell(f"healthy {time.monotonic() - came:.0f} s after the service came")
    journal = machine.journal("--unit=tierform-boot.service")
    lab.expect("the journal says what it waited for", "own address: attempt 1 failed" in journal and "Connection timed out" in journal, journal)
    lab.expect_no_failed_unit()
    lab.expect_no_leak()
