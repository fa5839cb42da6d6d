//! What is known of a figure or an argument beside its value, as a type; [`super::rows`] and [`super::arguments`] are the data.

use crate::Compiled;
use crate::catalog::Published;
use crate::plan::ClusterPlan;
use crate::sizing::Cluster;

/// One figure, or one argument that is no figure of `size`.
pub struct Row {
    /// Its key in `size --format json`, with `*` for a cluster or a warning; empty where `size` does not print it.
    pub size: &'static str,
    /// The arguments of `terraform.tfvars` that are it, each cloud's own, with `*` for any one name.
    pub is: &'static [&'static str],
    /// The arguments that follow from it besides.
    pub decides: &'static [&'static str],
    /// The keys of the spec that set it, the nearest first.
    pub keys: &'static [&'static str],
    /// How it comes about, as a phrase.
    pub rule: &'static str,
    /// Why it is so here; empty where rule and keys say all.
    pub reason: fn(&At<'_>) -> String,
    /// What the tier's page says of it.
    pub published: fn(&At<'_>) -> Option<String>,
    /// What the page's footnotes call its component; empty where it has none.
    pub component: &'static str,
    /// What limits it here, beside the range of its key.
    pub limits: fn(&At<'_>) -> Vec<String>,
}

/// Where a question is asked: a deployment, and in it a cluster.
pub struct At<'a> {
    /// The deployment.
    pub compiled: &'a Compiled,
    /// The cluster's place in the list.
    pub cluster: usize,
}

impl<'a> At<'a> {
    /// The cluster as it is sized.
    pub fn sized(&self) -> Option<&'a Cluster> {
        self.compiled.sizing.clusters.get(self.cluster)
    }

    /// The cluster as it is planned.
    pub fn planned(&self) -> Option<&'a ClusterPlan> {
        self.compiled.plan.cluster(&self.sized()?.name)
    }

    /// A text about the cluster as it is planned.
    pub fn of_plan(&self, text: fn(&ClusterPlan) -> &str) -> String {
        self.planned().map(text).unwrap_or_default().to_owned()
    }

    /// A text about the cluster as it is sized.
    pub fn of_sizing(&self, text: fn(&Cluster) -> &str) -> String {
        self.sized().map(text).unwrap_or_default().to_owned()
    }

    /// Why a range of the network has its size: the cluster's own, else one that all share.
    pub fn range(&self, name: &str) -> String {
        let own = self.planned().and_then(|cluster| cluster.ranges.get(name));
        let range = own.or_else(|| self.compiled.plan.network.ranges.get(name));
        range.map_or_else(String::new, |range| range.reason.clone())
    }

    /// The machine that the page prints for a row, as the end of a sentence.
    pub fn page_prints(&self, printed: Option<&Published>) -> String {
        let spec = &self.compiled.spec;
        printed.map_or_else(String::new, |printed| {
            format!("; printed for it: {}", printed.on(*spec.cloud.get_ref(), spec.burstable))
        })
    }

    /// The quotas that machines of a component count against.
    pub fn quotas(&self, component: &str) -> Vec<String> {
        let quotas = self.compiled.plan.quotas.iter();
        let own = quotas.filter(|quota| quota.of.split(", ").any(|of| of == component));
        own.map(|quota| {
            format!(
                "quota {} ({}): {} to start, {} at most, for {}",
                quota.name, quota.scope, quota.min, quota.max, quota.of
            )
        })
        .collect()
    }
}

impl Row {
    /// A row with nothing but its rule.
    pub const fn new(size: &'static str, rule: &'static str) -> Row {
        Row {
            size,
            is: &[],
            decides: &[],
            keys: &[],
            rule,
            reason: |_| String::new(),
            published: |_| None,
            component: "",
            limits: |_| Vec::new(),
        }
    }

    /// A row of arguments that `size` does not print.
    pub const fn argument(is: &'static [&'static str], rule: &'static str) -> Row {
        Row::new("", rule).is(is)
    }

    /// Adds the arguments that are it.
    pub const fn is(mut self, arguments: &'static [&'static str]) -> Row {
        self.is = arguments;
        self
    }

    /// Adds the arguments that follow from it.
    pub const fn decides(mut self, arguments: &'static [&'static str]) -> Row {
        self.decides = arguments;
        self
    }

    /// Adds the user's keys.
    pub const fn keys(mut self, keys: &'static [&'static str]) -> Row {
        self.keys = keys;
        self
    }

    /// Adds why it is so.
    pub const fn because(mut self, reason: fn(&At<'_>) -> String) -> Row {
        self.reason = reason;
        self
    }

    /// Adds the page's row and what its footnotes call the component.
    pub const fn published(mut self, component: &'static str, text: fn(&At<'_>) -> Option<String>) -> Row {
        self.component = component;
        self.published = text;
        self
    }

    /// Adds what limits it.
    pub const fn limits(mut self, limits: fn(&At<'_>) -> Vec<String>) -> Row {
        self.limits = limits;
        self
    }
}
