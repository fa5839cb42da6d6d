"""A coderd machine comes up healthy, with a password that holds every character that breaks URLs and env files."""
import time

from cloud import DATABASE, RDS
from machine import ADDRESS

ON = ("gcp", "aws", "azure")


def run(lab):
    lab.start_database()
    lab.cloud.serve()
    machine = lab.make_machine(lab.user_data("coderd"))
    started = time.monotonic()
    machine.boot()
    lab.eventually("the load balancer's probe says OK", lab.healthy, 120, lab.story)
    lab.measure(coderd_healthy_seconds=round(time.monotonic() - started, 1))
    lab.expect_no_way_out_of_the_machine()
    lab.expect_cloud_init_content()
    lab.expect("coder.service is active and will start at the next boot",
               machine.show("coder.service", "ActiveState", "UnitFileState") == {"ActiveState": "active", "UnitFileState": "enabled"})
    rows = lab.database.ask("SELECT address || ' ' || relay FROM starts")
    lab.expect("coderd reached the database once, with its own address as relay", rows == [f"0.0.0.0:8080 http://{ADDRESS}:8080"], str(rows))
    tls = lab.database.ask("SELECT usename || ' ' || ssl || ' ' || version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE client_addr IS NOT NULL")
    lab.expect("over TLS, as the user with an @ in its name", tls and set(tls) == {"coder@acme true TLSv1.3"}, str(tls))
    environ = machine.output("sh", "-c", "tr '\\0' '\\n' </proc/$(systemctl show --value --property=MainPID coder.service)/environ")
    where = f"@{DATABASE}:5432/coder?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt"
    if lab.cloud_name == "aws":
        where = f"@{RDS}:5432/coder?sslmode=verify-full&sslrootcert=/etc/coder.d/rds-ca.pem"
    lab.expect("which is verified by the authority that signs the cloud's databases", where in environ)
    memory = machine.show("coder.service", "User", "NRestarts")
    lab.expect("it runs as coder and was never restarted", memory == {"User": "coder", "NRestarts": "0"}, str(memory))
    lab.expect_sound_units("coder.service", "tierform-boot.service")
    lab.expect_no_failed_unit()
    lab.expect_no_leak()
    lab.measure(coderd_machine_mb=machine.memory())
    lab.expect("it powers off when asked to", machine.stop())
