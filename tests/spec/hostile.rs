//! Nobody gets in: a value of `coder.toml` never becomes HCL, shell or a path of its own making.
//! Every string key is given every hostile text; what is not refused must come out as a plain string, the same text.

use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;
use hcl_edit::visit::{Visit, visit_expr};
use tierform::{compile, render};

const HOSTILE: [&str; 12] = [
    r#"x"${file("/etc/passwd")}"#,
    "a\nb",
    "a\r\nresource \"null_resource\" \"x\" {}",
    "${var.project}",
    "%{ for x in [1] }y%{ endfor }",
    "$(id)",
    "`id`",
    "../../etc/passwd",
    "'; touch /tmp/owned; '",
    "\\",
    "EOT\n",
    "a\u{0}b\u{2028}c\u{7f}",
];

/// Every key that takes a string, as a line in its table.
const KEYS: [(&str, &str); 25] = [
    ("", "name"),
    ("", "region"),
    ("", "output"),
    ("access", "url"),
    ("access", "wildcard"),
    ("access", "dns_zone"),
    ("access", "certificate"),
    ("coder", "version"),
    ("coder", "sha256"),
    ("coder", "mirror"),
    ("coderd", "machine"),
    ("provisioners", "machine"),
    ("workspaces", "machine"),
    ("database", "machine"),
    ("network", "cidr"),
    ("gcp", "project"),
    ("tags", "team"),
    ("state", "bucket"),
    ("state", "prefix"),
    ("state", "path"),
    ("existing", "id"),
    ("existing", "coderd"),
    ("existing", "nodes"),
    ("existing", "pods"),
    ("existing", "services"),
];

fn spec_with(table: &str, key: &str, value: &str) -> String {
    let mut spec: toml::Table = include_str!("../../examples/gcp-1k/coder.toml").parse().unwrap();
    if table == "state" {
        let text = if key == "path" {
            "backend = 'local'"
        } else {
            "backend = 'gcs'\nbucket = 'acme-state'\nprefix = 'coder'"
        };
        let state: toml::Table = text.parse().unwrap();
        spec.insert("state".into(), state.into());
    }
    if table == "existing" {
        let text = "id = 'projects/acme-net/global/networks/acme'\ncoderd = 'coderd'\nnodes = 'nodes'\npods = 'pods'\n\
                    services = 'services'";
        let existing: toml::Table = text.parse().unwrap();
        spec.insert(
            "network".into(),
            toml::Table::from_iter([("existing".to_owned(), existing.into())]).into(),
        );
    }
    let target = match table {
        "" => &mut spec,
        "existing" => spec["network"]["existing"].as_table_mut().unwrap(),
        table => spec.entry(table).or_insert_with(|| toml::Table::new().into()).as_table_mut().unwrap(),
    };
    target.insert(key.into(), value.into());
    toml::to_string(&spec).unwrap()
}

/// Collects every template with an interpolation or a directive that the shipped templates do not have.
#[derive(Default)]
struct Code(Vec<String>);

impl Visit for Code {
    fn visit_expr(&mut self, expression: &Expression) {
        if matches!(expression, Expression::StringTemplate(_) | Expression::FuncCall(_)) {
            self.0.push(expression.to_string());
        }
        visit_expr(self, expression);
    }
}

fn code(text: &str) -> Vec<String> {
    let body: Body = text.parse().unwrap();
    let mut code = Code::default();
    code.visit_body(&body);
    code.0
}

#[test]
fn hostile_values_are_refused_or_stay_text() {
    let good = compile(include_str!("../../examples/gcp-1k/coder.toml")).unwrap();
    let good = render::render(&good.plan).unwrap();
    let mut accepted = 0;
    for (table, key) in KEYS {
        for value in HOSTILE {
            let Ok(compiled) = compile(&spec_with(table, key, value)) else { continue };
            accepted += 1;
            let tree = render::render(&compiled.plan).unwrap();
            let paths = |tree: &tierform::tree::Tree| {
                tree.iter().map(|(path, _)| path.to_owned()).collect::<Vec<_>>()
            };
            assert_eq!(paths(&tree), paths(&good), "{table}.{key} = {value:?} changed the set of files");
            for (path, file) in tree.iter().filter(|(path, _)| !path.starts_with("modules/")) {
                if path.ends_with(".tf") || path.ends_with(".tfvars") {
                    let expected = code(&good.get(path).unwrap().text);
                    assert_eq!(code(&file.text), expected, "{table}.{key} = {value:?} became code in {path}");
                }
            }
        }
    }
    // Were all refused, the escaping would never have been put to the test.
    assert!(accepted > 0, "no hostile value reaches the templates any more: test the escaping elsewhere");
}

#[test]
fn the_output_directory_stays_beside_the_spec() {
    for value in ["/etc/x", "../x", "a/../../x", "", ".", "a\u{0}b", "~/x", "C:\\x", "a//../.."] {
        assert!(compile(&spec_with("", "output", value)).is_err(), "{value:?}");
    }
}
