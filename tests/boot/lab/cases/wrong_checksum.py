"""The release's package is not what its checksum says: nothing is installed or started, and the reason can be found."""
ON = ("gcp",)


def run(lab):
    lab.cloud.serve()
    lab.cloud.faults({"broken_package": 1000})
    machine = lab.make_machine(lab.user_data("coderd"))
    machine.boot()
    lab.eventually("the boot unit fails", lambda: machine.show("tierform-boot.service", "ActiveState") == "failed", 90, lab.story)
    reason = "FAILED: wrong checksum: https://github.com/coder/coder/releases/download/v2.36.6/coder_2.36.6_linux_amd64.deb has"
    lab.expect("the journal says why", reason in machine.journal("--unit=tierform-boot.service"))
    lab.expect("the console says why", reason in machine.console_text(), machine.console_text()[-2000:])
    ended = machine.show("tierform-boot.service", "ExecMainStatus", "NRestarts")
    lab.expect("with the status that trying again cannot help", ended == {"ExecMainStatus": "78", "NRestarts": "0"}, str(ended))
    lab.expect("nothing is installed", machine.run("dpkg-query", "--status", "coder")[1] == 1 and machine.run("test", "-e", "/usr/bin/coder")[1] == 1)
    lab.expect("nothing of the download is left", machine.output("ls", "/var/cache/tierform") == "checksums", machine.output("ls", "/var/cache/tierform"))
    lab.expect("nothing serves", not lab.healthy() and machine.show("coder.service", "ActiveState") == "inactive")
    lab.expect_no_leak()
    machine.output("bash", "-c", "systemctl reset-failed")
    lab.cloud.faults({})
    machine.reboot()
    lab.start_database()
    lab.eventually("after the release is mended, a reboot is enough", lab.healthy, 90, lab.story)
