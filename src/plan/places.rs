//! Where coderd and each cluster stand: cloud, region, and the chooser that picks machines and zones there.

use super::choose::{Chooser, Place, counted};
use crate::catalog::{self, Published, Region};
use crate::diagnostic::Diagnostic;
use crate::sizing::Sizing;
use crate::spec::{Cloud, Machines, Spanned, Spec};

/// The place of the control plane.
#[derive(Clone, Copy)]
pub struct Home {
    pub cloud: Cloud,
    pub region: &'static Region,
}

/// The place of a cluster.
pub struct ClusterPlace {
    pub cloud: Cloud,
    pub region: &'static Region,
    /// Which chooser is that place's.
    pub chooser: usize,
}

/// Where the control plane stands.
///
/// # Errors
/// A region that the cloud does not have.
pub fn home(spec: &Spec) -> Result<Home, Vec<Diagnostic>> {
    let cloud = *spec.cloud.get_ref();
    let region = find_region("region", &spec.region, cloud).map_err(|problem| vec![problem])?;
    Ok(Home { cloud, region })
}

/// Where the clusters stand, in their order.
///
/// # Errors
/// Regions that their cloud does not have.
pub fn of_clusters(spec: &Spec, sizing: &Sizing, home: Home) -> Result<Vec<ClusterPlace>, Vec<Diagnostic>> {
    let (mut places, mut problems) = (Vec::new(), Vec::new());
    let mut known = vec![(home.cloud, home.region.name)];
    for cluster in &sizing.clusters {
        // A region of another cloud is not to be judged by this one's names.
        let is_spec_s = cluster.region.span() == spec.region.span();
        if is_spec_s && cluster.cloud != home.cloud {
            continue;
        }
        match find_region(
            if is_spec_s { "region" } else { "clusters.region" },
            &cluster.region,
            cluster.cloud,
        ) {
            Ok(region) => {
                let place = (cluster.cloud, region.name);
                let chooser = known.iter().position(|known| *known == place).unwrap_or_else(|| {
                    known.push(place);
                    known.len() - 1
                });
                places.push(ClusterPlace { cloud: cluster.cloud, region, chooser });
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() && places.len() == sizing.clusters.len() { Ok(places) } else { Err(problems) }
}

/// A chooser for each place, the control plane's first.
pub fn choosers<'a>(spec: &'a Spec, home: Home, places: &[ClusterPlace]) -> Vec<Chooser<'a>> {
    let at_home = Place {
        cloud: home.cloud,
        region: home.region,
        span: spec.region.span(),
        zones: spec.network.zones.as_ref(),
        // Own subnets have zones of their own, one each.
        own: spec
            .network
            .existing
            .as_ref()
            .filter(|_| home.cloud == Cloud::Aws)
            .and_then(|existing| existing.subnets.get("nodes"))
            .map(|subnets| counted(subnets.len())),
    };
    let mut choosers = vec![Chooser::new(spec, at_home)];
    for (place, cluster) in places.iter().zip(&spec.clusters) {
        if place.chooser == choosers.len() {
            let span = cluster.region.span();
            let there = Place { cloud: place.cloud, region: place.region, span, zones: None, own: None };
            choosers.push(Chooser::new(spec, there));
        }
    }
    choosers
}

/// The name that a page prints for `cloud`, where such names are wanted.
pub fn published(spec: &Spec, printed: Option<Published>, cloud: Cloud) -> Option<&'static str> {
    printed.filter(|_| spec.machines != Machines::Current).map(|printed| printed.on(cloud, spec.burstable))
}

fn find_region(key: &str, asked: &Spanned<String>, cloud: Cloud) -> Result<&'static Region, Diagnostic> {
    let name = asked.get_ref();
    let found = catalog::region(cloud, name);
    // China's and Europe's sovereign regions are partitions of their own, whose zones and machines are not in the catalog.
    if let Some(region) = found.filter(|region| cloud == Cloud::Aws && region.zones.is_empty()) {
        return Err(Diagnostic::at(
            asked.span(),
            format!(
                "`{key}` \"{name}\" ({}) lies in a partition of its own, which tierform does not know",
                region.place
            ),
        )
        .note("what is sold there, and by which names, is not published with the other regions")
        .help("choose a region of the commercial partition or of AWS GovCloud"));
    }
    found.ok_or_else(|| {
        let names = || catalog::regions(cloud).map(|region| region.name);
        let problem =
            Diagnostic::at(asked.span(), format!("`{key}` \"{name}\" is no region of {}", cloud.as_str()));
        match catalog::nearest(name, names()) {
            Some(near) => problem.help(format!("did you mean \"{near}\"?")),
            None => problem.help(format!("known regions: {}", names().collect::<Vec<_>>().join(", "))),
        }
    })
}
