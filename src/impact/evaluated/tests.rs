//! What is told of small changes, each written as two directories.

use super::*;

/// Files by path, as `== file <path>` lines and the lines below them.
fn files(text: &str) -> Vec<(String, Vec<u8>)> {
    let parts = text.split("== file ").skip(1).map(|part| part.split_once('\n').unwrap());
    parts.map(|(path, text)| (path.trim().to_owned(), text.as_bytes().to_vec())).collect()
}

fn read(files: &[(String, Vec<u8>)]) -> impl Iterator<Item = (&str, &[u8])> {
    files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
}

fn changes(old: &str, new: &str) -> Vec<ResourceChange> {
    let (old, new) = (files(old), files(new));
    between(read(&old), read(&new)).unwrap()
}

/// Each change in a line: what is done, to which address, forced by what; `?` where that is not certain.
fn told(old: &str, new: &str) -> Vec<String> {
    let line = |change: ResourceChange| {
        let action = match change.action {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
            Action::DeleteThenCreate => "replace",
            Action::CreateThenDelete => "replace, new first",
            Action::Forget => "forget",
            Action::Nothing => "move",
        };
        let forced = if change.forced_by.is_empty() {
            String::new()
        } else {
            format!(" by {}", change.forced_by.join(", "))
        };
        let unsure = if change.unsure.is_empty() { "" } else { "?" };
        format!("{action}{unsure} {}{forced}", change.address)
    };
    changes(old, new).into_iter().map(line).collect()
}

/// The same with one text in place of another.
fn after(old: &str, from: &str, to: &str) -> Vec<String> {
    assert!(old.contains(from), "{from} is not in\n{old}");
    told(old, &old.replace(from, to))
}

/// The value of an expression.
fn value(expression: &str) -> String {
    let text = format!(
        "== file main.tf\nresource \"x\" \"y\" {{\n  v = {expression}\n}}\n== file a.txt\nhello\n== file b.tftpl\nhello $${{x}} ${{name}}%{{ for n in list ~}}\n\n- ${{n}}%{{ endfor }}\n"
    );
    let files = files(&text);
    let configuration = Configuration::read(Files::new(read(&files), None), Engine::Terraform, None).unwrap();
    let state = super::super::resources::State::of(&super::super::known::Evaluation::new(&configuration));
    state.items["x.y"].arguments["v"].to_string()
}

#[test]
fn functions_give_what_their_documentation_says() {
    for (expression, expected) in [
        ("1 + 2 * 3", "7"),
        ("10 / 4", "2.5"),
        ("7 % 3", "1"),
        ("!true || 1 < 2 && \"a\" != \"b\"", "true"),
        ("\"1\" == 1", "false"),
        ("null == null ? \"y\" : \"n\"", "\"y\""),
        ("[for k, v in { b = 1, a = 2 } : \"${k}${v}\"]", "[\"a2\", \"b1\"]"),
        ("{ for i, v in [\"x\", \"y\"] : v => i if i > 0 }", "{ y = 1 }"),
        (
            "{ for v in [\"ab\", \"ac\", \"b\"] : substr(v, 0, 1) => v... }",
            "{ a = [\"ab\", \"ac\"], b = [\"b\"] }",
        ),
        ("[for k, v in toset([\"b\", \"a\"]) : k]", "[\"a\", \"b\"]"),
        ("[{ a = 1 }, { a = 2 }][*].a", "[1, 2]"),
        ("null[*]", "[]"),
        ("\"x\"[*]", "[\"x\"]"),
        ("try([][0], \"none\")", "\"none\""),
        ("try({ a = 1 }.b, { a = 1 }.a)", "1"),
        ("can({ a = 1 }.b)", "false"),
        ("can(regex(\"^a\", \"ab\"))", "true"),
        ("regex(\"([a-z]+)-([0-9]+)\", \"ab-12\")", "[\"ab\", \"12\"]"),
        ("regex(\"(?P<y>[0-9]+)\", \"ab-12\")", "{ y = \"12\" }"),
        ("regexall(\"[0-9]\", \"a1b2\")", "[\"1\", \"2\"]"),
        ("replace(\"*.coder.acme\", \"/^[*][^.]*[.]/\", \"*.\")", "\"*.coder.acme\""),
        ("replace(\"1 + 2\", \"+\", \"-\")", "\"1 - 2\""),
        ("merge({ a = 1, b = 2 }, null, { b = 3 })", "{ a = 1, b = 3 }"),
        ("merge([{ a = 1 }, { c = 4 }]...)", "{ a = 1, c = 4 }"),
        ("concat([1], [2, 3])", "[1, 2, 3]"),
        ("flatten([[1, [2]], [], [3]])", "[1, 2, 3]"),
        ("compact([\"a\", \"\", null, \"b\"])", "[\"a\", \"b\"]"),
        ("distinct([\"a\", \"b\", \"a\"])", "[\"a\", \"b\"]"),
        ("sort([\"b\", \"a\"])", "[\"a\", \"b\"]"),
        ("reverse([1, 2])", "[2, 1]"),
        ("slice([1, 2, 3], 1, 3)", "[2, 3]"),
        ("chunklist([1, 2, 3], 2)", "[[1, 2], [3]]"),
        ("contains([\"a\"], \"a\")", "true"),
        ("index([\"a\", \"b\"], \"b\")", "1"),
        ("lookup({ a = 1 }, \"b\", 2)", "2"),
        ("element([1, 2, 3], 4)", "2"),
        ("one([])", "null"),
        ("one([5])", "5"),
        ("coalesce(null, \"\", \"c\")", "\"c\""),
        ("coalescelist([], [1])", "[1]"),
        ("zipmap([\"a\", \"b\"], [1, 2])", "{ a = 1, b = 2 }"),
        ("setproduct([\"a\"], [1, 2])", "[[\"a\", 1], [\"a\", 2]]"),
        ("setintersection([\"a\", \"b\"], [\"b\"])", "[\"b\"]"),
        ("setsubtract([\"a\", \"b\"], [\"b\"])", "[\"a\"]"),
        ("setunion([\"b\"], [\"a\", \"b\"])", "[\"a\", \"b\"]"),
        ("keys({ b = 1, a = 2 })", "[\"a\", \"b\"]"),
        ("values({ b = 1, a = 2 })", "[2, 1]"),
        ("length(\"äb\") + length([1]) + length({})", "3"),
        ("alltrue([true, \"true\"]) && !anytrue([false])", "true"),
        ("range(1, 4)", "[1, 2, 3]"),
        ("range(3)", "[0, 1, 2]"),
        ("max(1, 3, 2) + min(4, 5)", "7"),
        ("sum([1, 2])", "3"),
        ("ceil(1.2) + floor(1.8) + abs(-1)", "4"),
        ("pow(2, 10)", "1024"),
        ("parseint(\"ff\", 16)", "255"),
        ("tonumber(\"5\") + 1", "6"),
        ("tostring(5)", "\"5\""),
        ("tobool(\"true\")", "true"),
        ("join(\", \", [\"a\", 1])", "\"a, 1\""),
        ("split(\",\", \"a,b\")", "[\"a\", \"b\"]"),
        ("split(\",\", \"\")", "[\"\"]"),
        ("substr(\"hello\", 1, 3)", "\"ell\""),
        ("substr(\"hello\", -3, -1)", "\"llo\""),
        ("upper(\"a\")", "\"A\""),
        ("trimprefix(\"*.a\", \"*.\")", "\"a\""),
        ("trimsuffix(\"a-\", \"-\")", "\"a\""),
        ("trimspace(\" a\\n\")", "\"a\""),
        ("trim(\"?!a!\", \"!?\")", "\"a\""),
        ("startswith(\"ab\", \"a\") && endswith(\"ab\", \"b\") && strcontains(\"ab\", \"b\")", "true"),
        ("format(\"%s/%d %q %%\", \"a\", 5, \"b\")", "\"a/5 \\\"b\\\" %\""),
        ("formatlist(\"%s!\", [\"a\", \"b\"])", "[\"a!\", \"b!\"]"),
        ("base64encode(\"hello\")", "\"aGVsbG8=\""),
        ("base64decode(\"aGVsbG8=\")", "\"hello\""),
        (
            "jsonencode({ b = [1, true, null], a = \"x\" })",
            "\"{\\\"a\\\":\\\"x\\\",\\\"b\\\":[1,true,null]}\"",
        ),
        ("jsondecode(\"[1]\")[0]", "1"),
        ("urlencode(\"a b/c\")", "\"a+b%2Fc\""),
        ("sha256(\"\")", "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""),
        ("cidrhost(\"10.12.112.0/20\", 16)", "\"10.12.112.16\""),
        ("cidrhost(\"10.12.112.0/20\", -2)", "\"10.12.127.254\""),
        ("cidrnetmask(\"172.16.0.0/12\")", "\"255.240.0.0\""),
        ("cidrsubnet(\"172.16.0.0/12\", 4, 2)", "\"172.18.0.0/16\""),
        ("can(cidrhost(\"10.0.0.0/30\", 9))", "false"),
        ("file(\"${path.module}/a.txt\")", "\"hello\\n\""),
        ("fileset(path.module, \"*.{txt,md}\")", "[\"a.txt\"]"),
        ("fileexists(\"a.txt\") && !fileexists(\"none\")", "true"),
        ("templatefile(\"b.tftpl\", { name = \"x\", list = [1, 2] })", "\"hello ${x} x\\n- 1\\n- 2\\n\""),
        ("\"a\\n${1}\"", "\"a\\n1\""),
        ("<<-EOT\n    a\n      ${1}\n  EOT\n", "\"a\\n  1\\n\""),
        ("\"%{ if true }yes%{ else }no%{ endif }\"", "\"yes\""),
        ("yamlencode({ a = 1 })", "yamlencode({ a = 1 })"),
        ("nonsensitive(sensitive(\"a\"))", "\"a\""),
    ] {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

/// One spelling for each thing that only a cloud knows, and all that goes into it.
#[test]
fn what_only_the_cloud_knows_is_told_apart_by_all_that_it_is_made_of() {
    for expression in [
        "var.x",
        "length(V)",
        "[for a in V : a]",
        "{ for a in V : a => 1 if a > 0 }",
        "V ? 1 : 2",
        "V + 1",
        "\"a${V}\"",
        "f(V)",
        "V[0].b",
        "V[*].b",
    ] {
        let (one, other) = (expression.replace('V', "var.x"), expression.replace('V', "var.y"));
        assert_eq!(value(&one), value(&one));
        assert!(!value(&one).is_empty());
        if one != other {
            assert_ne!(value(&one), value(&other), "{expression}");
        }
    }
    // A value within a loop over what is not known counts too.
    assert_ne!(value("[for a in var.x : a + 1]"), value("[for a in var.x : a + 2]"));
    assert_eq!(value("var.x == var.x"), "true");
    assert_eq!(value("length([var.x, var.y])"), "2");
    assert_eq!(value("{ a = var.x } == null"), "false");
}

const TEMPLATE: &str = "== file main.tf
locals {
  machine = \"m8i.large\"
}
resource \"aws_launch_template\" \"t\" {
  name          = \"t\"
  instance_type = local.machine
}
resource \"aws_autoscaling_group\" \"g\" {
  name = \"g\"
  launch_template {
    id      = aws_launch_template.t.id
    version = aws_launch_template.t.latest_version
  }
}
resource \"aws_eks_node_group\" \"n\" {
  for_each     = { a = aws_launch_template.t.latest_version }
  cluster_name = \"c\"
  launch_template {
    version = each.value
  }
}
";

#[test]
fn a_new_version_of_a_launch_template_changes_whatever_runs_from_it() {
    let all = [
        "update aws_autoscaling_group.g",
        "update aws_eks_node_group.n[\"a\"]",
        "update aws_launch_template.t",
    ];
    assert_eq!(after(TEMPLATE, "m8i.large", "m8i.xlarge"), all);
    let groups = changes(TEMPLATE, &TEMPLATE.replace("m8i.large", "m8i.xlarge"));
    assert_eq!(
        super::super::difference::differences(&groups[0].before, &groups[0].after)[0].after.to_string(),
        "aws_launch_template.t.latest_version (known after apply)"
    );
    // Another name is another template, with another id, and the number of its first version.
    let other = after(TEMPLATE, "name          = \"t\"", "name          = \"u\"");
    assert_eq!(other[2], "replace aws_launch_template.t by name");
    assert!(other[0].starts_with("update aws_autoscaling_group.g"));
}

#[test]
fn what_a_provider_decides_stays_unless_the_resource_is_made_anew() {
    let old = "== file main.tf
resource \"google_compute_network\" \"n\" {
  name         = \"a\"
  routing_mode = \"REGIONAL\"
}
resource \"google_container_cluster\" \"c\" {
  name    = \"c\"
  network = google_compute_network.n.id
}
resource \"google_compute_address\" \"x\" {
  name        = \"x\"
  description = \"in ${google_compute_network.n.self_link}\"
}
";
    assert_eq!(after(old, "REGIONAL", "GLOBAL"), ["update google_compute_network.n"]);
    assert_eq!(
        after(old, "\"a\"", "\"b\""),
        [
            "update google_compute_address.x",
            "replace google_compute_network.n by name",
            "replace google_container_cluster.c by network"
        ]
    );
}

#[test]
fn modules_are_followed_by_key_with_their_outputs_as_a_whole_and_one_by_one() {
    let old = "== file main.tf
variable \"zones\" {
  type = map(object({ cidr = string, size = optional(number, 2) }))
}
module \"zone\" {
  source   = \"./zone\"
  for_each = var.zones
  zone     = each.value
  name     = each.key
}
resource \"aws_lb\" \"b\" {
  name    = \"b\"
  subnets = [for key, zone in module.zone : zone.subnet]
}
resource \"aws_autoscaling_group\" \"g\" {
  name                = \"g\"
  max_size            = length(module.zone)
  vpc_zone_identifier = values(module.zone)[*].subnet
  min_size            = module.zone[\"a\"].size
}
== file zone/main.tf
variable \"zone\" { type = object({ cidr = string, size = optional(number, 3) }) }
variable \"name\" {}
resource \"aws_subnet\" \"s\" {
  vpc_id     = \"v\"
  cidr_block = var.zone.cidr
  tags       = { Name = var.name }
}
output \"subnet\" { value = aws_subnet.s.id }
output \"size\" { value = var.zone.size }
== file terraform.tfvars
zones = {
  a = { cidr = \"10.0.0.0/24\" }
  b = { cidr = \"10.0.1.0/24\" }
}
";
    assert_eq!(
        after(old, "  b = { cidr = \"10.0.1.0/24\" }\n", ""),
        [
            "update aws_autoscaling_group.g",
            "replace aws_lb.b by subnets",
            "delete module.zone[\"b\"].aws_subnet.s"
        ]
    );
    assert_eq!(
        after(old, "10.0.1.0/24", "10.0.2.0/24"),
        [
            "update aws_autoscaling_group.g",
            "replace aws_lb.b by subnets",
            "replace module.zone[\"b\"].aws_subnet.s by cidr_block"
        ]
    );
    assert_eq!(after(old, "optional(number, 2)", "optional(number, 5)"), ["update aws_autoscaling_group.g"]);
}

#[test]
fn configurations_of_a_provider_are_told_apart_by_their_alias() {
    let old = "== file main.tf
provider \"aws\" {
  region = \"us-east-1\"
}
== file sites.tf
provider \"aws\" {
  alias  = \"west\"
  region = \"us-west-2\"
}
";
    assert_eq!(after(old, "us-east-1", "eu-west-1"), ["update provider.aws"]);
    assert_eq!(after(old, "us-west-2", "eu-west-1"), ["update provider.aws.west"]);
    let alone = old.split("== file sites.tf").next().unwrap();
    assert!(
        told(alone, old).is_empty() && told(old, alone).is_empty(),
        "one that comes or goes loses nothing"
    );
}

#[test]
fn what_may_be_is_said_and_never_left_out() {
    // How many there are only the cloud knows.
    let old = "== file main.tf
data \"aws_availability_zones\" \"z\" {
  state = \"available\"
}
resource \"aws_subnet\" \"s\" {
  for_each   = toset(data.aws_availability_zones.z.names)
  vpc_id     = \"v\"
  cidr_block = \"10.0.0.0/24\"
}
";
    assert!(told(old, old).is_empty());
    assert_eq!(after(old, "10.0.0.0/24", "10.0.1.0/24"), ["replace aws_subnet.s[*] by cidr_block"]);
    assert_eq!(after(old, "\"available\"", "\"impaired\""), ["update? aws_subnet.s[*]"]);
    assert_eq!(
        after(old, "toset(data.aws_availability_zones.z.names)", "toset([\"a\"])"),
        ["create? aws_subnet.s[\"a\"]", "delete? aws_subnet.s[*]"]
    );
    // A type of which tierform knows nothing.
    let strange = "== file main.tf\nresource \"strange_thing\" \"s\" {\n  size = 1\n}\n";
    assert_eq!(after(strange, "size = 1", "size = 2"), ["update? strange_thing.s"]);
    // A module from elsewhere.
    let elsewhere =
        "== file main.tf\nmodule \"m\" {\n  source = \"terraform-aws-modules/eks/aws\"\n  size   = 1\n}\n";
    assert_eq!(after(elsewhere, "size   = 1", "size   = 2"), ["update? module.m"]);
    // What would be refused, or what tierform cannot follow.
    let fault = "== file main.tf\nresource \"aws_lb\" \"b\" {\n  name = [1][0]\n}\n";
    assert_eq!(after(fault, "[1][0]", "[1][1]"), ["replace? aws_lb.b by name"]);
    let function = "== file main.tf\nresource \"aws_lb\" \"b\" {\n  name = newest(1)\n}\n";
    assert_eq!(after(function, "newest(1)", "newest(2)"), ["replace? aws_lb.b by name"]);
    assert!(told(function, function).is_empty());
}

#[test]
fn what_is_another_value_in_every_plan_changes_every_time() {
    let old =
        "== file main.tf\nresource \"aws_lb\" \"b\" {\n  name = \"b\"\n  tags = { at = timestamp() }\n}\n";
    assert_eq!(told(old, old), ["update aws_lb.b"]);
}

#[test]
fn ignored_arguments_keep_their_value_until_the_resource_is_made_anew() {
    let old = "== file main.tf
locals {
  size = 1
  name = \"a\"
}
resource \"aws_eks_node_group\" \"n\" {
  cluster_name = local.name
  tags         = { size = local.size, fixed = \"x\" }
  scaling_config {
    desired_size = local.size
    max_size     = 9
  }
  lifecycle {
    ignore_changes = [scaling_config[0].desired_size, tags[\"size\"]]
  }
}
resource \"aws_lb\" \"b\" {
  name     = \"b\"
  internal = aws_eks_node_group.n.scaling_config[0].desired_size == 2
}
resource \"aws_db_instance\" \"d\" {
  db_name    = local.name
  identifier = \"${local.name}-${local.size}\"
  lifecycle {
    ignore_changes = all
  }
}
";
    assert!(after(old, "size = 1\n", "size = 2\n").is_empty());
    assert_eq!(after(old, "max_size     = 9", "max_size     = 8"), ["update aws_eks_node_group.n"]);
    let anew = old.replace("size = 1\n", "size = 2\n").replace("name = \"a\"", "name = \"z\"");
    assert_eq!(
        told(old, &anew),
        ["replace aws_eks_node_group.n by cluster_name", "replace aws_lb.b by internal"]
    );
}

#[test]
fn moved_blocks_and_a_count_that_comes_or_goes_give_other_addresses() {
    let old = "== file main.tf
module \"a\" {
  source = \"./m\"
}
resource \"aws_kms_key\" \"k\" {
  description = \"k\"
}
resource \"aws_lb\" \"b\" {
  name    = \"b\"
  subnets = [module.a.id]
}
== file m/main.tf
resource \"aws_subnet\" \"s\" {
  vpc_id = \"v\"
}
output \"id\" { value = aws_subnet.s.id }
";
    let new = "== file main.tf
module \"c\" {
  source   = \"./m\"
  for_each = toset([\"x\"])
}
resource \"aws_kms_key\" \"k\" {
  count       = 1
  description = \"k\"
}
resource \"aws_lb\" \"b\" {
  name    = \"b\"
  subnets = [module.c[\"x\"].id]
}
moved {
  from = module.a
  to   = module.b
}
moved {
  from = module.b
  to   = module.c[\"x\"]
}
== file m/main.tf
resource \"aws_subnet\" \"t\" {
  vpc_id = \"v\"
}
output \"id\" { value = aws_subnet.t.id }
moved {
  from = aws_subnet.s
  to   = aws_subnet.t
}
";
    assert_eq!(told(old, new), ["move aws_kms_key.k[0]", "move module.c[\"x\"].aws_subnet.t"]);
    let moved = &changes(old, new)[1];
    assert_eq!(moved.previous_address.as_deref(), Some("module.a.aws_subnet.s"));
}

#[test]
fn what_makes_its_successor_first_makes_all_that_it_refers_to_do_so() {
    let old = "== file main.tf
resource \"aws_vpc\" \"v\" {
  cidr_block = \"10.0.0.0/16\"
}
resource \"aws_security_group\" \"g\" {
  vpc_id = aws_vpc.v.id
}
resource \"aws_lb_target_group\" \"t\" {
  vpc_id = aws_vpc.v.id
  lifecycle {
    create_before_destroy = true
  }
}
";
    assert_eq!(
        after(old, "10.0.0.0/16", "10.1.0.0/16"),
        [
            "replace, new first aws_lb_target_group.t by vpc_id",
            "replace aws_security_group.g by vpc_id",
            "replace, new first aws_vpc.v by cidr_block"
        ]
    );
}

/// An engine reads such a data source only in the apply, so that all that it tells counts as new.
#[test]
fn a_data_source_waits_for_what_it_depends_on() {
    let old = "== file main.tf
locals {
  apis = [\"compute\"]
}
resource \"google_project_service\" \"apis\" {
  for_each = toset(local.apis)
  project  = \"p\"
  service  = each.key
}
module \"network\" {
  source     = \"./network\"
  depends_on = [google_project_service.apis]
}
resource \"google_container_cluster\" \"c\" {
  name       = \"c\"
  subnetwork = module.network.subnet
}
== file network/main.tf
data \"google_compute_subnetwork\" \"s\" {
  name = \"mine\"
}
output \"subnet\" { value = data.google_compute_subnetwork.s.id }
";
    let more = after(old, "[\"compute\"]", "[\"compute\", \"dns\"]");
    assert_eq!(
        more,
        ["replace google_container_cluster.c by subnetwork", "create google_project_service.apis[\"dns\"]"]
    );
    let alone = old.replace("  depends_on = [google_project_service.apis]\n", "");
    assert_eq!(after(&alone, "[\"compute\"]", "[\"compute\", \"dns\"]").len(), 1);
    // Read again with other arguments it may tell something else.
    assert_eq!(after(old, "\"mine\"", "\"yours\""), ["replace google_container_cluster.c by subnetwork"]);
}

#[test]
fn lifecycle_rules_and_blocks_of_removal_are_kept_to() {
    let old = "== file main.tf
resource \"aws_lb\" \"b\" {
  name            = \"b\"
  security_groups = [\"x\"]
}
resource \"aws_lb_listener\" \"l\" {
  load_balancer_arn = \"x\"
  lifecycle {
    replace_triggered_by = [aws_lb.b.security_groups]
  }
}
resource \"aws_kms_key\" \"k\" {
  description = \"k\"
}
";
    assert_eq!(
        after(old, "[\"x\"]", "[\"y\"]"),
        ["update aws_lb.b", "replace aws_lb_listener.l by replace_triggered_by.aws_lb.b.security_groups"]
    );
    assert_eq!(
        after(old, "name            = \"b\"", "name            = \"b\"\n  idle_timeout = 5"),
        ["update aws_lb.b"]
    );
    let kept = old.replace(
        "resource \"aws_kms_key\" \"k\" {\n  description = \"k\"\n}\n",
        "removed {\n  from = aws_kms_key.k\n  lifecycle {\n    destroy = false\n  }\n}\n",
    );
    assert_eq!(told(old, &kept), ["forget aws_kms_key.k"]);
    assert_eq!(told(old, old.split("resource \"aws_kms_key\"").next().unwrap()), ["delete aws_kms_key.k"]);
}

#[test]
fn dynamic_blocks_their_indexes_and_the_order_of_sets_are_understood() {
    let old = "== file main.tf
locals {
  ranges = [\"10.0.0.0/8\", \"172.16.0.0/12\", \"192.168.0.0/16\"]
}
resource \"google_compute_security_policy\" \"p\" {
  name = \"p\"
  dynamic \"rule\" {
    for_each = chunklist(local.ranges, 2)
    content {
      priority = 1000 + rule.key
      match {
        config {
          src_ip_ranges = rule.value
        }
      }
    }
  }
}
resource \"aws_lb\" \"b\" {
  name    = \"b\"
  subnets = local.ranges
}
";
    let swapped = after(old, "\"10.0.0.0/8\", \"172.16.0.0/12\"", "\"172.16.0.0/12\", \"10.0.0.0/8\"");
    assert!(swapped.is_empty(), "sets of the provider's schema have no order: {swapped:?}");
    assert_eq!(
        after(old, ", \"192.168.0.0/16\"", ""),
        ["replace aws_lb.b by subnets", "update google_compute_security_policy.p"]
    );
}

#[test]
fn what_nobody_sets_any_more_keeps_the_value_that_the_provider_gave_it() {
    let old = "== file main.tf
resource \"aws_db_instance\" \"d\" {
  identifier = \"d\"
  iops       = 12000
  port       = 5432
}
";
    assert!(after(old, "  iops       = 12000\n", "").is_empty(), "computed where it is not set");
    assert_eq!(after(old, "12000", "13000"), ["update aws_db_instance.d"]);
    assert!(after(old, "12000", "\"12000\"").is_empty(), "a figure in quotes is a figure");
}

#[test]
fn files_that_functions_read_are_part_of_the_directory() {
    let old = "== file main.tf
resource \"google_compute_region_instance_template\" \"t\" {
  name_prefix = \"t-\"
  metadata    = { user-data = join(\"\", [for name in fileset(\"${path.module}/files\", \"*.sh\") : file(\"${path.module}/files/${name}\")]) }
}
== file files/boot.sh
echo one
";
    assert_eq!(
        after(old, "echo one", "echo two"),
        ["replace google_compute_region_instance_template.t by metadata.user-data"]
    );
    assert_eq!(told(old, &format!("{old}== file files/more.sh\necho\n")).len(), 1);
    assert!(told(old, &format!("{old}== file README.md\nmore\n")).is_empty());
}

#[test]
fn every_file_that_an_engine_reads_counts() {
    let old = "== file main.tf
variable \"size\" { default = 1 }
resource \"aws_lb\" \"b\" {
  name         = \"b\"
  idle_timeout = var.size
  access_logs {
    bucket = \"one\"
  }
}
";
    let with = |more: &str| told(old, &format!("{old}{more}"));
    for more in [
        "== file terraform.tfvars\nsize = 2\n",
        "== file terraform.tfvars.json\n{\"size\": 2}\n",
        "== file my.auto.tfvars\nsize = 2\n",
        "== file my_override.tf\nvariable \"size\" {\n  default = 2\n}\n",
        "== file override.tf\nresource \"aws_lb\" \"b\" {\n  idle_timeout = 2\n}\n",
        "== file override.tf\nresource \"aws_lb\" \"b\" {\n  access_logs {\n    bucket = \"two\"\n  }\n}\n",
        "== file override.tf.json\n{\"resource\": {\"aws_lb\": {\"b\": {\"idle_timeout\": \"${1 + 1}\"}}}}\n",
        "== file main.tofu\nresource \"aws_lb\" \"b\" {\n  name = \"b\"\n}\n",
    ] {
        assert_eq!(with(more), ["update aws_lb.b"], "{more}");
    }
    for more in [
        "== file prod.tfvars\nsize = 2\n",
        "== file my.auto.tfvars\nsize = 1\n",
        "== file .hidden.tf\nthis is not read\n",
        "== file main.tf~\nthis is not read\n",
        "== file main.tf.tierform-new\nthis is not read\n",
    ] {
        assert!(with(more).is_empty(), "{more}");
    }
    assert_eq!(
        with(
            "== file more.tf.json\n{\"resource\": [{\"aws_kms_key\": {\"k\": {\"description\": \"k\"}}}]}\n"
        ),
        ["create aws_kms_key.k"]
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_its_line_and_what_is_wrong() {
    let why = |path: &str, bytes: &[u8]| {
        let files = [(path, bytes)];
        between(files.into_iter(), files.into_iter()).unwrap_err().to_string()
    };
    assert!(
        why("main.tf", b"a {\n}\n<<<<<<< HEAD\n").starts_with("main.tf:3: this is not HCL"),
        "{}",
        why("main.tf", b"a {\n}\n<<<<<<< HEAD\n")
    );
    assert_eq!(why("main.tf", b"# a\n# \xff\n"), "main.tf:2: this is not UTF-8 text");
    assert!(why("a.tf.json", b"{\n\"a\": }\n").starts_with("a.tf.json:2: this is not JSON"));
    assert!(
        why("main.tf", b"module \"m\" {\n  source = \"./none\"\n}\n").starts_with("none: a module is called")
    );
}

/// Terraform takes line breaks that our parser does not.
#[test]
fn line_breaks_within_brackets_and_loops_mean_nothing() {
    let old = "== file main.tf
locals {
  # One that goes on in the next line.
  names = [
    for name in [\"a\", \"b\"] : name # each
    if name != \"a\"
    || name == \"b\"
  ]
  object = {
    for name in local.names
    : name => name == \"c\" # how
    ? \"one\"
    : \"two\"
    if name
    != \"d\"
  }
}
resource \"aws_lb\" \"b\" {
  name = (
    join(\"-\", values(local.object))
    == \"two\"
    ? \"one\"
    : \"two\"
  )
}
";
    assert!(hcl_edit::parser::parse_body(old.split_once('\n').unwrap().1).is_err());
    assert!(told(old, old).is_empty());
    assert_eq!(after(old, "name == \"c\"", "name == \"b\""), ["replace aws_lb.b by name"]);
}
