"""The release server hangs up in mid-download, twice: the download is tried again and nothing half is installed."""
ON = ("aws",)


def run(lab):
    lab.cloud.serve()
    lab.cloud.faults({"cut_download": 2})
    machine = lab.make_machine(lab.user_data("provisioner"))
    machine.boot()
    lab.eventually("30 daemons are connected in the end", lambda: len(lab.cloud.daemons) == 30, 150, lab.story)
    journal = machine.journal("--unit=tierform-boot.service")
    lab.expect("the journal has both failures", journal.count("download of https://github.com") == 2 and journal.count("curl: (") == 2, journal)
    asked = [line for line in lab.cloud.requests() if line.endswith(".deb")]
    lab.expect("the package was asked for three times", len(asked) == 3, str(asked))
    lab.expect_no_failed_unit()
    lab.expect_no_leak()
