"""The secret store answers 503 five times and then well: coderd comes up later, by itself."""
ON = ("aws",)


def run(lab):
    lab.start_database()
    lab.cloud.serve()
    lab.cloud.faults({"secret_503": 5})
    machine = lab.make_machine(lab.user_data("coderd"))
    machine.boot()
    lab.eventually("coderd is healthy in the end", lab.healthy, 120, lab.story)
    lab.expect_cloud_init_content()
    journal = machine.journal("--unit=tierform-boot.service")
    lab.expect("the journal has the five failures and what they were", journal.count("attempt") == 5 and journal.count("error: 503") == 5, journal)
    lab.expect("within one start of the unit", machine.show("tierform-boot.service", "NRestarts") == "0")
    lab.expect("the console has them too", machine.console_text().count("error: 503") == 5, machine.console_text())
    lab.expect_no_failed_unit()
    lab.expect_no_leak()
