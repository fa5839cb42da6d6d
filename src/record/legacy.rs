//! Manifests of formats 1 to 3 kept the catalog's answers by questions in English. They are read for ever: what they say is put
//! into the plan of today, and that is the record from then on.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::catalog::{self, MachineType};
use crate::plan::Plan;
use crate::spec::Cloud;

/// What a manifest of format 2 or 3 kept; one of format 1 had nothing of it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frozen {
    /// The catalog that answered; 0 where a directory is older than this record.
    #[allow(dead_code, reason = "read so that it is known")]
    catalog: u32,
    /// Question → answer.
    answers: BTreeMap<String, String>,
    /// Whoever has an address range of its own → that range.
    #[serde(default)]
    pub(super) placements: BTreeMap<String, String>,
}

impl Frozen {
    /// What sizing and plan take as decided.
    pub fn decided(&self) -> super::Decided {
        super::Decided {
            placements: self.placements.clone(),
            has_strict_zones: true,
            ..super::Decided::default()
        }
    }

    /// Today's plan with the answers in it. `is_for_this_spec` tells whether they were given for the very same spec: what a role
    /// needs of its machine may be another figure else, and the machine with it.
    ///
    /// # Errors
    /// A plan that JSON has no words for, which no spec can cause.
    pub fn plan(&self, now: &Plan, is_for_this_spec: bool) -> Result<Value, serde_json::Error> {
        let mut plan = now.clone();
        self.releases(&mut plan);
        self.disks(&mut plan);
        if is_for_this_spec {
            self.machines(&mut plan);
        }
        super::lasting(&plan)
    }

    fn releases(&self, plan: &mut Plan) {
        if let Some(version) = self.text("release of Coder").filter(|_| !is_asked(&plan.coder.version.reason))
        {
            plan.coder.version.value = version.to_owned();
        }
        // Version and both checksums; of one checksum alone nothing is to be had.
        let terraform: Vec<&str> = self.text("release of Terraform").unwrap_or("").split(' ').collect();
        if let [version, amd64, arm64] = terraform[..] {
            plan.terraform.version.value = version.to_owned();
            (plan.terraform.sha256.amd64, plan.terraform.sha256.arm64) = (amd64.to_owned(), arm64.to_owned());
        }
        if let (Some(aws), Some(version)) = (&mut plan.aws, self.text("release of Kubernetes")) {
            aws.kubernetes_version.value = version.to_owned();
        }
        let database = &mut plan.database;
        if let Some(version) =
            self.number("release of PostgreSQL").filter(|_| !is_asked(&database.version.reason))
        {
            database.version.value = version;
        }
        if let Some(days) =
            self.number("days that backups are kept").filter(|_| !is_asked(&database.backup_days.reason))
        {
            database.backup_days.value = days;
        }
        if let Some(open) = self.number("open connections of a coderd replica") {
            plan.coderd.max_open_connections.value = open;
        }
    }

    fn disks(&self, plan: &mut Plan) {
        let each = self.number("boot disk of a provisioner host for each daemon, in GB");
        let with_daemons = |base: Option<u32>, daemons: u32| Some(base? + each? * daemons);
        let own = self.number("boot disk of coderd, in GB");
        let coderd = match &plan.coderd.daemons {
            Some(daemons) => with_daemons(own, daemons.value),
            None => own,
        };
        set(&mut plan.coderd.machine.disk_gb.value, coderd);
        let base = self.number("boot disk of a provisioner host, in GB");
        for cluster in clusters(plan) {
            if let Some(host) = &mut cluster.host {
                set(&mut host.disk_gb.value, with_daemons(base, cluster.daemons_per_host.value));
            }
            set(&mut cluster.node.disk_gb.value, self.number("boot disk of a node, in GB"));
            set(&mut cluster.system_node.disk_gb.value, self.number("boot disk of a system node, in GB"));
        }
    }

    fn machines(&self, plan: &mut Plan) {
        let (cloud, region) = (plan.cloud, plan.region.clone());
        let place = |cloud: Cloud, region: &str| format!(" on {} in {region}, ", cloud.as_str());
        self.machine(&mut plan.coderd.machine, cloud, "coderd.machine for ", &place(cloud, &region));
        if let Some(name) = self.only("database for ", &place(cloud, &region))
            && !is_asked(&plan.database.machine.reason)
        {
            plan.database.machine.value = name.to_owned();
        }
        for cluster in clusters(plan) {
            let there = place(cluster.cloud, &cluster.region);
            if let Some(host) = &mut cluster.host {
                self.machine(host, cluster.cloud, "provisioners.machine for ", &there);
            }
            self.machine(&mut cluster.node, cluster.cloud, "workspaces.machine for ", &there);
            let beside =
                format!("machine of the system nodes beside {} with ", cluster.node.machine_type.value);
            self.machine(&mut cluster.system_node, cluster.cloud, &beside, "");
        }
    }

    /// Puts the machine that answers one question into a group of machines.
    fn machine(&self, group: &mut crate::plan::Machine, cloud: Cloud, start: &str, there: &str) {
        let held = self.only(start, there).and_then(|name| catalog::machine(cloud, name));
        let Some(machine) = held.filter(|machine| machine.name != group.machine_type.value) else { return };
        if is_asked(&group.machine_type.reason) {
            return;
        }
        let MachineType { name, family, vcpus, memory_gib, .. } = *machine;
        group.machine_type.value = name.to_owned();
        group.machine_type.reason += ", kept since it was first generated";
        group.family = family.to_owned();
        (group.vcpus, group.memory_gib) = (vcpus, memory_gib);
        // A disk that the machine does not take would not boot; all of a family take the same.
        let disks = machine.disks();
        let both = [disks.plain, disks.fast];
        if cloud == Cloud::Gcp && !both.contains(&group.disk_type.as_str()) {
            group.disk_type = disks.plain.to_owned();
        }
    }

    fn text(&self, question: &str) -> Option<&str> {
        self.answers.get(question).map(String::as_str)
    }

    fn number(&self, question: &str) -> Option<u32> {
        self.text(question)?.parse().ok()
    }

    /// The answer to the one question of that form, where there is one alone.
    fn only(&self, start: &str, there: &str) -> Option<&str> {
        let mut found = self
            .answers
            .iter()
            .filter(|(question, _)| question.starts_with(start) && question.contains(there));
        let (_, answer) = found.next()?;
        found.next().is_none().then_some(answer)
    }
}

/// Whether a figure is one that the spec names.
fn is_asked(reason: &str) -> bool {
    reason.ends_with("in coder.toml")
}

fn set(figure: &mut u32, held: Option<u32>) {
    if let Some(held) = held {
        *figure = held;
    }
}

fn clusters(plan: &mut Plan) -> impl Iterator<Item = &mut crate::plan::ClusterPlan> {
    plan.clusters.iter_mut().chain(plan.sites.iter_mut().flat_map(|site| &mut site.clusters))
}
