"""The database is late, then shows a certificate that is not its own: coderd refuses it, tries on, and comes up when it is right."""
import time

ON = ("gcp", "aws")


def run(lab):
    lab.cloud.serve()
    machine = lab.make_machine(lab.user_data("coderd"))
    machine.boot()

    def journal():
        return machine.journal("--unit=coder.service")

    lab.eventually("without a database, coderd says so", lambda: "connect: connection refused" in journal(), 90, lab.story)
    lab.start_database()
    right = lab.database.authority
    lab.database.stop()
    if lab.cloud_name == "aws":
        # A certificate that the system trusts, but RDS's authority has not signed.
        reason, wrong = "certificate signed by unknown authority", {"authority": "release"}
    else:
        reason, wrong = "certificate is valid for 10.20.0.6, not 10.20.0.5", {"authority": right, "names": ["IP:10.20.0.6"]}
    lab.database.start(**wrong)
    lab.eventually("with another's certificate, coderd says why it does not connect", lambda: reason in journal(), 60, journal)
    time.sleep(6)
    lab.expect("and sends no password: nothing is in the database", not lab.healthy() and lab.database.ask("SELECT 1 FROM starts") == [])
    lab.database.stop()
    lab.database.start(right)
    lab.eventually("with the right one, coderd is healthy by itself", lab.healthy, 60, lab.story)
    lab.expect("it was restarted all the while, without a limit", int(machine.show("coder.service", "NRestarts")) >= 2)
    lab.expect_no_leak()
