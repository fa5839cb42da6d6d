//! The conditions of the tables: which change of an argument a row is about. A new condition is a variant here and an arm of
//! [`When::is_met`]; in a table it is the variant's name in kebab case, with `=value` behind where it takes one.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::value::Value;
use crate::catalog::{self, MachineType};
use crate::spec::Cloud;

/// Which change a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Every one.
    Any,
    /// One that takes something away: a smaller number, machine or range, fewer elements.
    Smaller,
    /// One that only adds: a larger number, machine or range, more elements.
    Larger,
    /// It was not set, `false` or empty, and now is.
    Added,
    /// Its removal, or `false`, or nothing in it.
    Removed,
    /// It becomes this value.
    To(&'static str),
    /// An earlier version: `17` to `16`, `1.34` to `1.33`.
    VersionDown,
    /// A later version.
    VersionUp,
    /// A version two or more minors later, as in `1.32` to `1.34`.
    VersionUpTwoMinors,
    /// A machine type of another architecture.
    OtherArchitecture,
    /// Nothing of what was there stays: it is another one, or all of them are. What is not known yet is another one, as ids are of what
    /// is made.
    AllOther,
    /// The resource is made; the argument may be empty.
    Created,
    /// The resource is destroyed, for good or to be made anew; the argument may be empty.
    Destroyed,
    /// The resource is destroyed first and then made anew; the argument may be empty.
    Replaced,
    /// The same, while the argument has this value in what is there.
    OnDestroy(&'static str),
}

impl When {
    /// Whether a change of the argument from `old` to `new`, which is one, is one of these. What is not known meets only [`When::Any`],
    /// [`When::AllOther`], and [`When::Added`] where nothing was.
    pub fn is_met(self, old: &Value, new: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Smaller => old.shrinks_to(new) || catalog_order(old, new) == Some(Ordering::Greater),
            Self::Larger => new.shrinks_to(old) || catalog_order(old, new) == Some(Ordering::Less),
            Self::Added => is_nothing(old) && !is_nothing(new),
            Self::Removed => is_nothing(new),
            Self::To(wanted) => new.as_key().is_some_and(|value| value == wanted),
            Self::VersionDown => version_order(old, new) == Some(Ordering::Greater),
            Self::VersionUp => version_order(old, new) == Some(Ordering::Less),
            Self::VersionUpTwoMinors => match (version(old).as_deref(), version(new).as_deref()) {
                (Some([major, minor, ..]), Some([to_major, to_minor, ..])) => {
                    major == to_major && *to_minor >= minor + 2
                }
                _ => false,
            },
            Self::OtherArchitecture => match (architecture(old), architecture(new)) {
                (Some(old), Some(new)) => old != new,
                _ => false,
            },
            Self::AllOther => match (old, new) {
                (old, _) if is_nothing(old) => false,
                (_, Value::Unknown(_)) => true,
                (_, new) if is_nothing(new) => false,
                (Value::List(old), Value::List(new)) => !old.iter().any(|one| new.contains(one)),
                (old, new) => old != new,
            },
            Self::Created | Self::Destroyed | Self::Replaced | Self::OnDestroy(_) => false,
        }
    }

    /// Whether the row is about what is destroyed, where the argument's value was `before`.
    pub fn is_met_by_destruction(self, before: &Value) -> bool {
        match self {
            Self::Destroyed => true,
            Self::OnDestroy(wanted) => before.as_key().is_some_and(|value| value == wanted),
            _ => false,
        }
    }
}

/// Whether nothing is set, or nothing that does anything.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Text(text) => text.is_empty(),
        _ => false,
    }
}

/// How two machines or database classes stand to each other, where the catalog has both: smaller is what has less of vCPU or
/// memory. Of what has less of one and more of the other, the first is called greater: something is taken away.
fn catalog_order(old: &Value, new: &Value) -> Option<Ordering> {
    let ((old_vcpus, old_memory, _), (new_vcpus, new_memory, _)) = (size(old)?, size(new)?);
    Some(if new_vcpus < old_vcpus || new_memory < old_memory {
        Ordering::Greater
    } else if new_vcpus > old_vcpus || new_memory > old_memory {
        Ordering::Less
    } else {
        Ordering::Equal
    })
}

/// What a type carries: vCPU, memory in GB, and whether a machine's processors are ARM.
type Size = (f64, f64, Option<bool>);

/// The size of the type that a value names, alone or as the first of a list.
fn size(value: &Value) -> Option<Size> {
    static LISTED: LazyLock<HashMap<&str, Size>> = LazyLock::new(|| {
        let clouds = || Cloud::ALL.into_iter();
        let machines = clouds().flat_map(catalog::machines).map(of_machine);
        let databases = clouds().flat_map(catalog::databases);
        let databases =
            databases.map(|one| (one.name, (f64::from(one.vcpus), f64::from(one.memory_gb), None)));
        machines.chain(databases).collect()
    });
    let name = type_name(value)?;
    let composed = || {
        let (vcpus, mb) = catalog::parse_custom(name)?;
        Some((f64::from(vcpus), f64::from(mb) / 1024.0, None))
    };
    let custom = || Some(of_machine(catalog::custom(name)?.ok()?).1);
    LISTED.get(name).copied().or_else(composed).or_else(custom)
}

fn of_machine(machine: &'static MachineType) -> (&'static str, Size) {
    (machine.name, (f64::from(machine.vcpus), machine.memory_gib, Some(machine.arm)))
}

fn architecture(value: &Value) -> Option<bool> {
    size(value)?.2
}

fn type_name(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        Value::List(list) => type_name(list.first()?),
        _ => None,
    }
}

fn version_order(old: &Value, new: &Value) -> Option<Ordering> {
    let (old, new) = (version(old)?, version(new)?);
    // `17` may be any 17.x.
    old.iter().zip(&new).map(|(old, new)| old.cmp(new)).find(|order| order.is_ne())
}

/// The numbers of a version: of `POSTGRES_17` 17, of `1.33.5-gke.1` 1, 33, 5.
fn version(value: &Value) -> Option<Vec<u64>> {
    let text = value.as_key()?;
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let numbers = text[start..].split(|c: char| !c.is_ascii_digit());
    let numbers: Vec<u64> = numbers.map_while(|part| part.parse().ok()).collect();
    (!numbers.is_empty()).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn machines_and_database_classes_compare_by_what_they_carry() {
        let smaller = |old: &str, new: &str| When::Smaller.is_met(&text(old), &text(new));
        for (large, small) in [
            ("n4-standard-8", "n4-standard-4"),
            ("m8i.2xlarge", "m8i.xlarge"),
            ("Standard_D8s_v5", "Standard_D4s_v5"),
            ("db-custom-8-30720", "db-custom-4-15360"),
            ("db.m5.xlarge", "db.m5.large"),
        ] {
            assert!(smaller(large, small), "{large} → {small}");
            assert!(!smaller(small, large), "{small} → {large}");
            assert!(When::Larger.is_met(&text(small), &text(large)), "{small} → {large}");
        }
        // As many vCPUs and less memory is smaller too.
        assert!(smaller("n4-standard-8", "n4-highcpu-8"));
        assert!(!smaller("n4-standard-8", "a type that nobody sells"));
        let types = |name: &str| Value::List(vec![text(name)]);
        assert!(When::Smaller.is_met(&types("m8i.2xlarge"), &types("m8i.xlarge")));
    }

    #[test]
    fn versions_compare_number_by_number() {
        let met = |when: When, old: &str, new: &str| when.is_met(&text(old), &text(new));
        assert!(met(When::VersionDown, "POSTGRES_17", "POSTGRES_16"));
        assert!(met(When::VersionDown, "1.34", "1.9"));
        assert!(met(When::VersionUp, "16.4", "17"));
        assert!(!met(When::VersionDown, "17.4", "17"), "17 may be 17.4");
        assert!(met(When::VersionUpTwoMinors, "1.33", "1.35.2-gke.1"));
        assert!(!met(When::VersionUpTwoMinors, "1.33", "1.34"));
        assert!(!met(When::VersionUpTwoMinors, "1.33", "2.1"));
        assert!(!met(When::VersionUp, "latest", "1.35"));
    }

    #[test]
    fn what_is_not_known_meets_only_any() {
        let unknown = Value::Unknown("known after the apply".to_owned());
        for when in [When::Smaller, When::Larger, When::Removed, When::VersionDown, When::To("x")] {
            assert!(!when.is_met(&text("x"), &unknown), "{when:?}");
        }
        assert!(When::Any.is_met(&text("x"), &unknown) && When::AllOther.is_met(&text("x"), &unknown));
    }

    #[test]
    fn all_are_others_where_none_stays() {
        let ids = |ids: &[&str]| Value::List(ids.iter().map(|id| text(id)).collect());
        assert!(When::AllOther.is_met(&ids(&["a", "b"]), &ids(&["c", "d"])));
        assert!(!When::AllOther.is_met(&ids(&["a", "b"]), &ids(&["b", "c"])));
        assert!(!When::AllOther.is_met(&Value::Null, &ids(&["c"])), "nothing was there");
        assert!(!When::AllOther.is_met(&text("10.0.0.4"), &Value::Null), "nothing comes");
        assert!(When::AllOther.is_met(&text("10.0.0.4"), &text("10.0.0.5")));
    }

    #[test]
    fn ranges_in_a_list_are_smaller_when_one_is_not_covered_any_more() {
        let ranges = |ranges: &[&str]| Value::List(ranges.iter().map(|range| text(range)).collect());
        assert!(When::Smaller.is_met(&ranges(&["10.0.0.0/16"]), &ranges(&["10.0.0.0/17"])));
        assert!(When::Smaller.is_met(&ranges(&["10.0.0.0/16"]), &ranges(&["10.1.0.0/16"])));
        assert!(!When::Smaller.is_met(&ranges(&["10.0.0.0/16"]), &ranges(&["10.0.0.0/15"])));
        assert!(!When::Smaller.is_met(&ranges(&["10.0.0.0/16"]), &ranges(&["10.0.0.0/16", "10.9.0.0/16"])));
    }

    #[test]
    fn flags_lists_and_architectures_have_their_own_conditions() {
        let (yes, no) = (Value::Bool(true), Value::Bool(false));
        assert!(When::Removed.is_met(&yes, &no) && When::Removed.is_met(&yes, &Value::Null));
        assert!(When::Added.is_met(&no, &yes) && !When::Added.is_met(&yes, &no));
        assert!(When::Removed.is_met(&Value::List(vec![text("a")]), &Value::List(Vec::new())));
        assert!(When::To("false").is_met(&yes, &no));
        assert!(When::OtherArchitecture.is_met(&text("m8i.xlarge"), &text("m8g.xlarge")));
        assert!(!When::OtherArchitecture.is_met(&text("m8i.xlarge"), &text("m5.xlarge")));
        assert!(When::OnDestroy("true").is_met_by_destruction(&yes));
        assert!(!When::OnDestroy("true").is_met_by_destruction(&no));
        assert!(!When::OnDestroy("true").is_met(&yes, &no));
    }
}
