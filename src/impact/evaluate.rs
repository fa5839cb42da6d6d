//! Evaluates expressions as far as that goes without a cloud. What only a provider knows stays as the address that it is known by,
//! and whatever is made of it as a text that names all that it is made of: equal texts are equal values.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hcl_edit::Decorated;
use hcl_edit::expr::{
    BinaryOp, BinaryOperator, Conditional, Expression, ForExpr, FuncCall, Object, ObjectKey,
    TraversalOperator, UnaryOp, UnaryOperator,
};

use super::functions;
use super::known::Evaluation;
use super::scope::{Names, Scope};
use super::value::{Fault, Value};

/// A value, or why there is none.
pub type Outcome = Result<Value, Fault>;

impl Evaluation<'_> {
    /// The value of `expression` in `scope`.
    ///
    /// # Errors
    /// An engine would refuse it.
    pub fn evaluate(&self, expression: &Expression, scope: &Scope<'_>) -> Outcome {
        match expression {
            Expression::Null(_) => Ok(Value::Null),
            Expression::Bool(value) => Ok(Value::Bool(*value.value())),
            Expression::Number(number) => Ok(Value::Number(number.value().as_f64().unwrap_or(f64::NAN))),
            Expression::String(text) => Ok(Value::Text(text.value().clone())),
            Expression::Array(elements) => {
                let elements = elements.iter().map(|element| self.evaluate(element, scope));
                elements.collect::<Result<_, _>>().map(Value::List)
            }
            Expression::Object(object) => self.object(object, scope),
            Expression::StringTemplate(template) => self.template(template.iter(), template.len(), scope),
            Expression::HeredocTemplate(heredoc) => {
                self.template(heredoc.template.iter(), heredoc.template.len(), scope)
            }
            Expression::Variable(name) => match scope.get(name.as_str()) {
                Some(value) => Ok(value.clone()),
                None => Ok(Value::Unknown(name.as_str().to_owned())),
            },
            Expression::Traversal(traversal) => self.traversal(&traversal.expr, &traversal.operators, scope),
            Expression::FuncCall(call) => self.call(call, scope),
            Expression::Parenthesis(inner) => self.evaluate(inner.inner(), scope),
            Expression::Conditional(conditional) => self.conditional(conditional, scope),
            Expression::UnaryOp(operation) => self.unary(operation, scope),
            Expression::BinaryOp(operation) => self.binary(operation, scope),
            Expression::ForExpr(each) => self.each(each, scope),
        }
    }

    fn object(&self, object: &Object, scope: &Scope<'_>) -> Outcome {
        let mut map = BTreeMap::new();
        let mut unknown = Vec::new();
        for (key, value) in object {
            let key = match key {
                ObjectKey::Ident(name) => Value::Text(name.as_str().to_owned()),
                ObjectKey::Expression(key) => self.evaluate(key, scope)?,
            };
            let value = self.evaluate(value.expr(), scope)?;
            match key.as_key() {
                Some(key) => drop(map.insert(key, value)),
                None => unknown.push(format!("({key}) = {value}")),
            }
        }
        match unknown.is_empty() {
            true => Ok(Value::Map(map)),
            false => Ok(Value::Unknown(format!("merge({}, {{ {} }})", Value::Map(map), unknown.join(", ")))),
        }
    }

    fn conditional(&self, conditional: &Conditional, scope: &Scope<'_>) -> Outcome {
        let condition = self.evaluate(&conditional.cond_expr, scope)?;
        let (yes, no) = (&conditional.true_expr, &conditional.false_expr);
        match truth(&condition) {
            Some(true) => self.evaluate(yes, scope),
            Some(false) => self.evaluate(no, scope),
            None => {
                let branch = |expression| match self.evaluate(expression, scope) {
                    Ok(value) => value,
                    Err(fault) => Value::Unknown(format!("({})", fault.0)),
                };
                let (yes, no) = (branch(yes), branch(no));
                Ok(match yes.equals(&no) {
                    Some(true) => yes,
                    _ => Value::Unknown(format!("({condition} ? {yes} : {no})")),
                })
            }
        }
    }

    /// The part of a value that operators lead to.
    pub fn walk(
        &self,
        value: &Value,
        operators: &[Decorated<TraversalOperator>],
        scope: &Scope<'_>,
    ) -> Outcome {
        let mut at = Cow::Borrowed(value);
        for (index, operator) in operators.iter().enumerate() {
            let key = match operator.value() {
                TraversalOperator::GetAttr(name) => Value::Text(name.as_str().to_owned()),
                TraversalOperator::Index(index) => self.evaluate(index, scope)?,
                #[allow(clippy::cast_precision_loss, reason = "no list has so many elements")]
                TraversalOperator::LegacyIndex(index) => Value::Number(*index.value() as f64),
                TraversalOperator::FullSplat(_) => return self.splat(&at, &operators[index + 1..], scope),
                TraversalOperator::AttrSplat(_) => {
                    // This one ends where an index follows.
                    let rest = &operators[index + 1..];
                    let inside =
                        rest.iter().take_while(|one| matches!(one.value(), TraversalOperator::GetAttr(_)));
                    let (inside, outside) = rest.split_at(inside.count());
                    let list = self.splat(&at, inside, scope)?;
                    return self.walk(&list, outside, scope);
                }
            };
            at = match at {
                Cow::Borrowed(value) => value.part(&key)?,
                Cow::Owned(value) => Cow::Owned(value.part(&key)?.into_owned()),
            };
        }
        Ok(at.into_owned())
    }

    fn splat(&self, value: &Value, rest: &[Decorated<TraversalOperator>], scope: &Scope<'_>) -> Outcome {
        match value {
            Value::List(elements) | Value::Set(elements) => elements
                .iter()
                .map(|element| self.walk(element, rest, scope))
                .collect::<Result<_, _>>()
                .map(Value::List),
            Value::Null => Ok(Value::List(Vec::new())),
            Value::Unknown(text) => self.walk(&Value::Unknown(format!("{text}[*]")), rest, scope),
            // A splat makes a list of one of what is none.
            one => Ok(Value::List(vec![self.walk(one, rest, scope)?])),
        }
    }

    fn call(&self, call: &FuncCall, scope: &Scope<'_>) -> Outcome {
        let name = call.name.name.as_str();
        match name {
            "try" if !call.args.expand_final() => {
                let mut last = Fault("try has no arguments".to_owned());
                for argument in call.args.iter() {
                    match self.evaluate(argument, scope) {
                        Ok(value) => return Ok(value),
                        Err(fault) => last = fault,
                    }
                }
                return Err(last);
            }
            "can" => {
                let argument = call.args.iter().next().map(|argument| self.evaluate(argument, scope));
                return Ok(match argument {
                    // Whether a function would take what is not known is not known either.
                    Some(Ok(value)) if value.is_whole() => Value::Bool(true),
                    Some(Ok(value)) => Value::Unknown(format!("can({value})")),
                    _ => Value::Bool(false),
                });
            }
            _ => {}
        }
        let mut arguments = Vec::with_capacity(call.args.len());
        for (index, argument) in call.args.iter().enumerate() {
            let value = self.evaluate(argument, scope)?;
            match value {
                Value::List(list) | Value::Set(list)
                    if call.args.expand_final() && index + 1 == call.args.len() =>
                {
                    arguments.extend(list);
                }
                value if call.args.expand_final() && index + 1 == call.args.len() => {
                    return Ok(opaque(
                        name,
                        &[arguments, vec![Value::Unknown(format!("{value}..."))]].concat(),
                    ));
                }
                value => arguments.push(value),
            }
        }
        if call.name.is_namespaced() {
            let spaces: Vec<&str> = call.name.namespace.iter().map(|name| name.as_str()).collect();
            return Ok(opaque(&format!("{}::{name}", spaces.join("::")), &arguments));
        }
        if let Some(value) = self.file_function(name, &arguments, scope)? {
            return Ok(value);
        }
        if functions::LATE.contains(&name) {
            return Ok(match self.before {
                Some(_) => Value::late(format!("{name}()")),
                None => Value::Unknown(format!("{name}()")),
            });
        }
        match functions::call(name, &arguments) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => {
                if !functions::is_known(name) {
                    self.doubt(format!("tierform does not know the function {name}"));
                }
                Ok(opaque(name, &arguments))
            }
            Err(fault) => Err(fault),
        }
    }

    fn unary(&self, operation: &UnaryOp, scope: &Scope<'_>) -> Outcome {
        let value = self.evaluate(&operation.expr, scope)?;
        let operator = *operation.operator.value();
        Ok(match operator {
            UnaryOperator::Not => match truth(&value) {
                Some(value) => Value::Bool(!value),
                None => Value::Unknown(format!("!{value}")),
            },
            UnaryOperator::Neg => match number(&value) {
                Some(value) => Value::Number(-value),
                None => Value::Unknown(format!("-{value}")),
            },
        })
    }

    fn binary(&self, operation: &BinaryOp, scope: &Scope<'_>) -> Outcome {
        let left = self.evaluate(&operation.lhs_expr, scope)?;
        let operator = *operation.operator.value();
        // The engines look at the right side only where the left one decides nothing.
        match (operator, truth(&left)) {
            (BinaryOperator::And, Some(false)) => return Ok(Value::Bool(false)),
            (BinaryOperator::Or, Some(true)) => return Ok(Value::Bool(true)),
            _ => {}
        }
        let right = self.evaluate(&operation.rhs_expr, scope)?;
        let value = match operator {
            BinaryOperator::Eq => left.equals(&right).map(Value::Bool),
            BinaryOperator::NotEq => left.equals(&right).map(|equal| Value::Bool(!equal)),
            BinaryOperator::And => match (truth(&left), truth(&right)) {
                (_, Some(false)) => Some(Value::Bool(false)),
                (Some(true), right) => right.map(Value::Bool),
                _ => None,
            },
            BinaryOperator::Or => match (truth(&left), truth(&right)) {
                (_, Some(true)) => Some(Value::Bool(true)),
                (Some(false), right) => right.map(Value::Bool),
                _ => None,
            },
            operator => match (number(&left), number(&right)) {
                (Some(a), Some(b)) => Some(match operator {
                    BinaryOperator::Plus => Value::Number(a + b),
                    BinaryOperator::Minus => Value::Number(a - b),
                    BinaryOperator::Mul => Value::Number(a * b),
                    BinaryOperator::Div if b == 0.0 => return Err(Fault("a division by zero".to_owned())),
                    BinaryOperator::Div => Value::Number(a / b),
                    BinaryOperator::Mod => Value::Number(a % b),
                    BinaryOperator::Greater => Value::Bool(a > b),
                    BinaryOperator::GreaterEq => Value::Bool(a >= b),
                    BinaryOperator::Less => Value::Bool(a < b),
                    _ => Value::Bool(a <= b),
                }),
                _ => None,
            },
        };
        Ok(value.unwrap_or_else(|| Value::Unknown(format!("({left} {} {right})", operator.as_str()))))
    }

    fn each(&self, each: &ForExpr, scope: &Scope<'_>) -> Outcome {
        let collection = self.evaluate(&each.intro.collection_expr, scope)?;
        let key_name = each.intro.key_var.as_ref().map(|name| name.as_str());
        let value_name = each.intro.value_var.as_str();
        let Some(pairs) = pairs(&collection) else {
            if collection == Value::Null {
                return Err(Fault("a for over null".to_owned()));
            }
            return self.each_unknown(each, &collection, scope);
        };
        let (mut list, mut map, mut unknown) = (Vec::new(), BTreeMap::<String, Value>::new(), Vec::new());
        for (key, value) in pairs {
            let outer = Names { name: key_name.unwrap_or_default(), value: &key, outer: scope.names };
            let outer = if key_name.is_some() { Some(&outer) } else { scope.names };
            let scope = Scope { names: Some(&Names { name: value_name, value: &value, outer }), ..*scope };
            let condition = each.cond.as_ref().map(|cond| self.evaluate(&cond.expr, &scope)).transpose()?;
            let is_taken = condition.as_ref().map_or(Some(true), truth);
            if is_taken == Some(false) {
                continue;
            }
            let key = each.key_expr.as_ref().map(|key| self.evaluate(key, &scope)).transpose()?;
            let value = self.evaluate(&each.value_expr, &scope)?;
            match (is_taken, key.as_ref().map(Value::as_key)) {
                (Some(true), None) => list.push(value),
                (Some(true), Some(Some(key))) if each.grouping => {
                    match map.entry(key).or_insert(Value::List(Vec::new())) {
                        Value::List(group) => group.push(value),
                        other => *other = value,
                    }
                }
                (Some(true), Some(Some(key))) => drop(map.insert(key, value)),
                _ => unknown.push(format!(
                    "{}{value}{}",
                    key.map_or_else(String::new, |key| format!("{key} => ")),
                    condition.map_or_else(String::new, |condition| format!(" if {condition}"))
                )),
            }
        }
        let known = if each.key_expr.is_some() { Value::Map(map) } else { Value::List(list) };
        Ok(match unknown.is_empty() {
            true => known,
            false => Value::Unknown(format!("{known} and [{}]", unknown.join(", "))),
        })
    }

    /// A loop over what only the cloud knows: as a text with all that it is made of.
    fn each_unknown(&self, each: &ForExpr, collection: &Value, scope: &Scope<'_>) -> Outcome {
        let key_name = each.intro.key_var.as_ref().map_or("", |name| name.as_str());
        let value_name = each.intro.value_var.as_str();
        let (key, value) = (Value::Unknown(key_name.to_owned()), Value::Unknown(value_name.to_owned()));
        let outer = Names { name: key_name, value: &key, outer: scope.names };
        let scope =
            Scope { names: Some(&Names { name: value_name, value: &value, outer: Some(&outer) }), ..*scope };
        let part = |part: Option<&Expression>| -> Result<String, Fault> {
            let value = part.map(|part| self.evaluate(part, &scope)).transpose()?;
            Ok(value.map_or_else(String::new, |value| value.to_string()))
        };
        let condition = part(each.cond.as_ref().map(|cond| &cond.expr))?;
        let (key, value) = (part(each.key_expr.as_ref())?, part(Some(&each.value_expr))?);
        let dots = if each.grouping { "..." } else { "" };
        Ok(Value::Unknown(format!(
            "(for {key_name}, {value_name} in {collection} : {key} => {value}{dots} if {condition})"
        )))
    }
}

/// The keys and values of a collection, as a loop has them; `None` where only the cloud knows them.
pub fn pairs(collection: &Value) -> Option<Vec<(Value, Value)>> {
    match collection {
        Value::Map(_) => {
            let entries = collection.entries()?.iter();
            Some(entries.map(|(key, value)| (Value::Text(key.clone()), value.clone())).collect())
        }
        #[allow(clippy::cast_precision_loss, reason = "no list has so many elements")]
        Value::List(list) => {
            let pair = |(index, value): (usize, &Value)| (Value::Number(index as f64), value.clone());
            Some(list.iter().enumerate().map(pair).collect())
        }
        Value::Set(set) => Some(set.iter().map(|value| (value.clone(), value.clone())).collect()),
        _ => None,
    }
}

/// The call of a function that cannot be computed, with all that it is made of.
pub fn opaque(name: &str, arguments: &[Value]) -> Value {
    let words: Vec<String> = arguments.iter().map(Value::to_string).collect();
    Value::Unknown(format!("{name}({})", words.join(", ")))
}

/// A truth value, or its text.
pub fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// A number, or its text.
pub fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}
