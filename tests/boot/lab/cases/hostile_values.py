"""Values that shells, systemd and YAML would like to expand reach coderd's process unchanged; its own authority and mirror work."""
import json

from cloud import PSK

ON = ("azure",)


def run(lab):
    lab.start_database()
    lab.cloud.serve()
    machine = lab.make_machine(lab.user_data("coderd", "full"))
    machine.boot()
    lab.eventually("coderd is healthy", lab.healthy, 120, lab.story)
    show = "import json, sys; print(json.dumps(open(f'/proc/{sys.argv[1]}/environ').read().split(chr(0))))"
    environ = machine.output("python3", "-c", show, machine.show("coder.service", "MainPID"))
    values = dict(pair.split("=", 1) for pair in json.loads(environ) if pair)
    hostile = (lab.shared / "hostile").read_text()
    lab.expect("a hostile value comes out as it went in", values.get("HOSTILE") == hostile, f"{values.get('HOSTILE')!r}\n       {hostile!r}")
    psk = lab.database.ask("SELECT psk FROM starts")
    lab.expect("so does the PSK", psk == [PSK], str(psk))
    lab.expect("nothing of it was run", machine.run("test", "-e", "/pwned")[1] == 1)
    lab.expect("the memory limit is the one that was given", values.get("GOMEMLIMIT") == "29491MiB")
    asked = "\n".join(lab.cloud.requests())
    lab.expect("the release came from the mirror", "mirror.acme.dev" in asked and "github.com" not in asked, asked)
    lab.expect_no_leak()
