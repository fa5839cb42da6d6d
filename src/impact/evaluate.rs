//! Evaluates a configuration as far as that goes without a cloud: variables, locals, module arguments and outputs are
//! followed, what only a provider knows stays as the address that it is known by.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use hcl::Expression;
use hcl::expr::{
    BinaryOperator, ForExpr, FuncCall, ObjectKey, Operation, TemplateExpr, Traversal, TraversalOperator,
    UnaryOperator,
};
use hcl::template::{Element, Template};

use super::configuration::{Call, Configuration, Module, Resource};
use super::types;
use super::value::Value;

/// A module where it is called.
pub struct Instance<'c> {
    /// What its addresses start with: `module.database.`, empty for the root.
    pub prefix: String,
    pub module: &'c Module,
    /// Who calls it and how; `None` for the root.
    pub caller: Option<(usize, &'c Call)>,
    children: BTreeMap<&'c str, usize>,
}

/// A configuration under evaluation.
pub struct Evaluation<'c> {
    values: &'c BTreeMap<String, Expression>,
    pub instances: Vec<Instance<'c>>,
    /// What was evaluated already, by instance and name; while it is being evaluated, unknown.
    known: RefCell<HashMap<(usize, String), Value>>,
}

/// Where an expression stands: its module, and the names that are bound around it (`each`, `count`, loop variables).
#[derive(Clone)]
pub struct Scope {
    pub instance: usize,
    pub bound: Vec<(String, Value)>,
}

impl<'c> Evaluation<'c> {
    pub fn new(configuration: &'c Configuration) -> Self {
        let mut evaluation =
            Self { values: &configuration.values, instances: Vec::new(), known: RefCell::default() };
        if let Some(root) = configuration.folders.get("") {
            evaluation.add(configuration, root, String::new(), None);
        }
        evaluation
    }

    fn add(
        &mut self,
        configuration: &'c Configuration,
        module: &'c Module,
        prefix: String,
        caller: Option<(usize, &'c Call)>,
    ) -> usize {
        let index = self.instances.len();
        self.instances.push(Instance { prefix, module, caller, children: BTreeMap::new() });
        for (name, call) in &module.calls {
            // A module that calls itself is nothing that Terraform takes.
            let Some(callee) = configuration.folders.get(&call.folder).filter(|_| index < 1000) else {
                continue;
            };
            let prefix = format!("{}module.{name}.", self.instances[index].prefix);
            let child = self.add(configuration, callee, prefix, Some((index, call)));
            self.instances[index].children.insert(name, child);
        }
        index
    }

    /// The value of `expression` in `scope`.
    pub fn evaluate(&self, expression: &Expression, scope: &Scope) -> Value {
        let evaluate = |expression: &Expression| self.evaluate(expression, scope);
        match expression {
            Expression::Null => Value::Null,
            Expression::Bool(value) => Value::Bool(*value),
            Expression::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
            Expression::String(text) => Value::Text(text.clone()),
            Expression::Array(elements) => Value::List(elements.iter().map(evaluate).collect()),
            Expression::Object(object) => {
                let mut map = BTreeMap::new();
                for (key, value) in object {
                    let key = match key {
                        ObjectKey::Identifier(name) => Some(name.to_string()),
                        ObjectKey::Expression(key) => evaluate(key).as_key(),
                        _ => None,
                    };
                    let Some(key) = key else { return Value::Unknown(expression.to_string()) };
                    map.insert(key, evaluate(value));
                }
                Value::Map(map)
            }
            Expression::TemplateExpr(template) => self.template(template, scope),
            Expression::Variable(name) => match bound(scope, name.as_str()) {
                Some(value) => value.clone(),
                None => Value::Unknown(name.to_string()),
            },
            Expression::Traversal(traversal) => self.traversal(traversal, scope),
            Expression::FuncCall(call) => self.call(call, scope),
            Expression::Parenthesis(inner) => evaluate(inner),
            Expression::Conditional(conditional) => {
                let (yes, no) = (&conditional.true_expr, &conditional.false_expr);
                match evaluate(&conditional.cond_expr) {
                    Value::Bool(true) => evaluate(yes),
                    Value::Bool(false) => evaluate(no),
                    condition => {
                        Value::Unknown(format!("{condition} ? {} : {}", evaluate(yes), evaluate(no)))
                    }
                }
            }
            Expression::Operation(operation) => self.operation(operation, scope),
            Expression::ForExpr(each) => self.each(each, scope),
            other => Value::Unknown(other.to_string()),
        }
    }

    fn traversal(&self, traversal: &Traversal, scope: &Scope) -> Value {
        let operators = traversal.operators.as_slice();
        let Expression::Variable(root) = &traversal.expr else {
            return self.walk(self.evaluate(&traversal.expr, scope), operators, scope);
        };
        if let Some(value) = bound(scope, root.as_str()) {
            return self.walk(value.clone(), operators, scope);
        }
        let instance = &self.instances[scope.instance];
        let name = |at: usize| match operators.get(at) {
            Some(TraversalOperator::GetAttr(name)) => Some(name.as_str()),
            _ => None,
        };
        let found = match (root.as_str(), name(0), name(1)) {
            ("var", Some(variable), _) => Some((self.variable(scope.instance, variable), 1)),
            ("local", Some(local), _) => Some((self.local(scope.instance, local), 1)),
            ("module", Some(call), Some(output)) => {
                instance.children.get(call).map(|child| (self.output(*child, output), 2))
            }
            (kind, Some(name), Some(argument)) => {
                let mut resources = instance.module.resources.iter();
                let resource = resources.find(|resource| resource.kind == kind && resource.name == name);
                let set = resource.and_then(|resource| set_argument(resource, argument));
                set.map(|expression| (self.evaluate(expression, &Scope { bound: Vec::new(), ..*scope }), 2))
            }
            _ => None,
        };
        match found {
            Some((value, used)) => self.walk(value, &operators[used..], scope),
            None => {
                let address = Value::Unknown(format!("{}{}", instance.prefix, root.as_str()));
                self.walk(address, operators, scope)
            }
        }
    }

    fn walk(&self, mut value: Value, operators: &[TraversalOperator], scope: &Scope) -> Value {
        for (at, operator) in operators.iter().enumerate() {
            let key = match operator {
                TraversalOperator::GetAttr(name) => Value::Text(name.to_string()),
                TraversalOperator::Index(index) => self.evaluate(index, scope),
                #[allow(clippy::cast_precision_loss, reason = "no list has so many elements")]
                TraversalOperator::LegacyIndex(index) => Value::Number(*index as f64),
                TraversalOperator::AttrSplat | TraversalOperator::FullSplat => {
                    let rest = &operators[at + 1..];
                    return match value {
                        Value::List(elements) => Value::List(
                            elements.into_iter().map(|element| self.walk(element, rest, scope)).collect(),
                        ),
                        Value::Null => Value::List(Vec::new()),
                        Value::Unknown(text) => self.walk(Value::Unknown(format!("{text}[*]")), rest, scope),
                        // A splat makes a list of one of what is none.
                        one => Value::List(vec![self.walk(one, rest, scope)]),
                    };
                }
            };
            value = value.part(&key);
        }
        value
    }

    fn variable(&self, instance: usize, name: &str) -> Value {
        self.once(instance, format!("var.{name}"), || {
            let declared = self.instances[instance].module.variables.get(name);
            let default = declared.and_then(|variable| variable.default.as_ref());
            let (given, at) = match self.instances[instance].caller {
                Some((caller, call)) => (call.arguments.get(name), caller),
                None => (self.values.get(name), instance),
            };
            let scope = |instance| Scope { instance, bound: Vec::new() };
            let value = match (given, default) {
                (Some(given), _) => self.evaluate(given, &scope(at)),
                (None, Some(default)) => self.evaluate(default, &scope(instance)),
                (None, None) => Value::Unknown(format!("{}var.{name}", self.instances[instance].prefix)),
            };
            let constant = |expression: &Expression| self.evaluate(expression, &scope(instance));
            match declared.and_then(|variable| variable.kind.as_ref()) {
                Some(kind) => types::convert(value, kind, &constant),
                None => value,
            }
        })
    }

    fn local(&self, instance: usize, name: &str) -> Value {
        self.once(instance, format!("local.{name}"), || {
            self.named(self.instances[instance].module.locals.get(name), instance, &format!("local.{name}"))
        })
    }

    fn output(&self, instance: usize, name: &str) -> Value {
        self.once(instance, format!("output.{name}"), || {
            self.named(self.instances[instance].module.outputs.get(name), instance, &format!("output.{name}"))
        })
    }

    fn named(&self, expression: Option<&Expression>, instance: usize, name: &str) -> Value {
        match expression {
            Some(expression) => self.evaluate(expression, &Scope { instance, bound: Vec::new() }),
            None => Value::Unknown(format!("{}{name}", self.instances[instance].prefix)),
        }
    }

    /// Evaluates once; what refers to itself, which Terraform refuses, is unknown.
    fn once(&self, instance: usize, name: String, evaluate: impl FnOnce() -> Value) -> Value {
        let key = (instance, name);
        if let Some(value) = self.known.borrow().get(&key) {
            return value.clone();
        }
        self.known.borrow_mut().insert(key.clone(), Value::Unknown(key.1.clone()));
        let value = evaluate();
        self.known.borrow_mut().insert(key, value.clone());
        value
    }

    fn template(&self, template: &TemplateExpr, scope: &Scope) -> Value {
        let Ok(template) = Template::from_expr(template) else { return Value::Unknown(template.to_string()) };
        let mut text = String::new();
        let mut is_known = true;
        for element in template.elements() {
            match element {
                Element::Literal(literal) => text += literal,
                Element::Interpolation(inner) => match self.evaluate(&inner.expr, scope) {
                    value if value.as_key().is_some() => text += &value.as_key().unwrap_or_default(),
                    value => {
                        is_known = false;
                        text += &format!("${{{value}}}");
                    }
                },
                Element::Directive(directive) => {
                    is_known = false;
                    text += &format!("{directive:?}");
                }
            }
        }
        if is_known { Value::Text(text) } else { Value::Unknown(format!("\"{text}\"")) }
    }

    fn call(&self, call: &FuncCall, scope: &Scope) -> Value {
        let arguments: Vec<Value> = call.args.iter().map(|argument| self.evaluate(argument, scope)).collect();
        let name = call.name.name.as_str();
        if let ("can", [Expression::FuncCall(inner)]) = (name, call.args.as_slice())
            && let Some(matches) = self.matches(inner, scope)
        {
            return Value::Bool(matches);
        }
        let known = match (name, arguments.as_slice()) {
            ("merge", maps) => {
                let map = |value: &Value| match value {
                    Value::Map(map) => Some(map.clone()),
                    Value::Null => Some(BTreeMap::new()),
                    _ => None,
                };
                maps.iter()
                    .map(map)
                    .collect::<Option<Vec<_>>>()
                    .map(|maps| Value::Map(maps.into_iter().flatten().collect()))
            }
            ("concat", lists) => {
                let list = |value: &Value| match value {
                    Value::List(list) => Some(list.clone()),
                    _ => None,
                };
                lists.iter().map(list).collect::<Option<Vec<_>>>().map(|lists| Value::List(lists.concat()))
            }
            ("coalesce", values) => {
                let first = values.iter().find(|value| **value != Value::Null);
                first.filter(|value| value.is_known()).cloned()
            }
            ("toset" | "tolist" | "tomap", [value]) => Some(value.clone()),
            ("min", [Value::Number(a), Value::Number(b)]) => Some(Value::Number(a.min(*b))),
            ("max", [Value::Number(a), Value::Number(b)]) => Some(Value::Number(a.max(*b))),
            ("lower", [Value::Text(text)]) => Some(Value::Text(text.to_lowercase())),
            ("replace", [Value::Text(text), Value::Text(old), Value::Text(new)]) if !old.starts_with('/') => {
                Some(Value::Text(text.replace(old, new)))
            }
            ("tostring", [value]) => value.as_key().map(Value::Text),
            ("tonumber", [value]) => value.as_key().and_then(|text| text.parse().ok()).map(Value::Number),
            _ => None,
        };
        known.unwrap_or_else(|| {
            let words: Vec<String> = arguments.iter().map(Value::to_string).collect();
            Value::Unknown(format!("{name}({})", words.join(", ")))
        })
    }

    /// Whether the text of a `regex(pattern, text)` matches, where both are known.
    fn matches(&self, call: &FuncCall, scope: &Scope) -> Option<bool> {
        match (call.name.name.as_str(), call.args.as_slice()) {
            ("regex", [pattern, text]) => match (self.evaluate(pattern, scope), self.evaluate(text, scope)) {
                (Value::Text(pattern), Value::Text(text)) => {
                    Some(regex_lite::Regex::new(&pattern).ok()?.is_match(&text))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn operation(&self, operation: &Operation, scope: &Scope) -> Value {
        match operation {
            Operation::Unary(unary) => match (unary.operator, self.evaluate(&unary.expr, scope)) {
                (UnaryOperator::Not, Value::Bool(value)) => Value::Bool(!value),
                (UnaryOperator::Neg, Value::Number(value)) => Value::Number(-value),
                (operator, value) => Value::Unknown(format!("{}{value}", operator.as_str())),
            },
            Operation::Binary(binary) => {
                let left = self.evaluate(&binary.lhs_expr, scope);
                let right = self.evaluate(&binary.rhs_expr, scope);
                let both = left.is_known() && right.is_known();
                match (binary.operator, &left, &right) {
                    (BinaryOperator::Eq, _, _) if both => Value::Bool(left == right),
                    (BinaryOperator::NotEq, _, _) if both => Value::Bool(left != right),
                    (BinaryOperator::And, Value::Bool(false), _) => Value::Bool(false),
                    (BinaryOperator::And, Value::Bool(true), _) => right,
                    (BinaryOperator::Or, Value::Bool(true), _) => Value::Bool(true),
                    (BinaryOperator::Or, Value::Bool(false), _) => right,
                    (BinaryOperator::Plus, Value::Number(a), Value::Number(b)) => Value::Number(a + b),
                    (BinaryOperator::Minus, Value::Number(a), Value::Number(b)) => Value::Number(a - b),
                    (BinaryOperator::Mul, Value::Number(a), Value::Number(b)) => Value::Number(a * b),
                    (BinaryOperator::Greater, Value::Number(a), Value::Number(b)) => Value::Bool(a > b),
                    (BinaryOperator::GreaterEq, Value::Number(a), Value::Number(b)) => Value::Bool(a >= b),
                    (BinaryOperator::Less, Value::Number(a), Value::Number(b)) => Value::Bool(a < b),
                    (BinaryOperator::LessEq, Value::Number(a), Value::Number(b)) => Value::Bool(a <= b),
                    (operator, _, _) => Value::Unknown(format!("{left} {} {right}", operator.as_str())),
                }
            }
        }
    }

    fn each(&self, each: &ForExpr, scope: &Scope) -> Value {
        let collection = self.evaluate(&each.collection_expr, scope);
        let pairs: Option<Vec<(Value, Value)>> = match &collection {
            Value::Map(map) => {
                Some(map.iter().map(|(key, value)| (Value::Text(key.clone()), value.clone())).collect())
            }
            #[allow(clippy::cast_precision_loss, reason = "no list has so many elements")]
            Value::List(list) => {
                let number = |index: usize| Value::Number(index as f64);
                Some(list.iter().enumerate().map(|(index, value)| (number(index), value.clone())).collect())
            }
            _ => None,
        };
        let unknown = || Value::Unknown(format!("for {collection} : {}", each.value_expr));
        let Some(pairs) = pairs.filter(|_| !each.grouping) else { return unknown() };
        let (mut list, mut map) = (Vec::new(), BTreeMap::new());
        for (key, value) in pairs {
            let mut scope = scope.clone();
            scope.bound.extend(each.key_var.iter().map(|name| (name.to_string(), key.clone())));
            scope.bound.push((each.value_var.to_string(), value));
            match each.cond_expr.as_ref().map(|condition| self.evaluate(condition, &scope)) {
                None | Some(Value::Bool(true)) => {}
                Some(Value::Bool(false)) => continue,
                Some(_) => return unknown(),
            }
            let value = self.evaluate(&each.value_expr, &scope);
            match each.key_expr.as_ref().map(|key| self.evaluate(key, &scope).as_key()) {
                None => list.push(value),
                Some(Some(key)) => drop(map.insert(key, value)),
                Some(None) => return unknown(),
            }
        }
        if each.key_expr.is_some() { Value::Map(map) } else { Value::List(list) }
    }
}

fn bound<'s>(scope: &'s Scope, name: &str) -> Option<&'s Value> {
    scope.bound.iter().rev().find(|(bound, _)| bound == name).map(|(_, value)| value)
}

/// What a resource that is there once sets an argument to.
fn set_argument<'c>(resource: &'c Resource, argument: &str) -> Option<&'c Expression> {
    let mut attributes = resource.body.attributes();
    if attributes.clone().any(|attribute| matches!(attribute.key(), "count" | "for_each")) {
        return None;
    }
    attributes.find(|attribute| attribute.key() == argument).map(|attribute| attribute.expr())
}
