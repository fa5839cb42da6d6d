//! A place that both sides changed, looked at more closely: what says the same is no clash, and arguments below each other are
//! merged one by one, by their names.

use super::keys::{Meaning, name};
use super::merge::Sides;

/// Adds to `sides` what becomes of a place in HCL, but not in a heredoc; `false` where no line of it can be told from another, so that all of it clashes.
pub(super) fn settle<'t>(old: &[&'t str], mine: &[&'t str], new: &[&'t str], sides: &mut Sides<'t>) -> bool {
    // A line that sets nothing has no name to go by: it must be the same on all sides, unless it says nothing, as a comment does.
    let plain = |side: &[Named<'t>]| -> Vec<Vec<&'t str>> {
        let plain =
            side.iter().filter(|(name, line)| *name == line.trim()).map(|(_, line)| Meaning::of(line));
        plain.map(|line| line.tokens).filter(|tokens| !tokens.is_empty()).collect()
    };
    if let (Some(old), Some(mine), Some(new)) = (named(old), named(mine), named(new))
        && plain(&mine) == plain(&old)
        && plain(&new) == plain(&old)
    {
        arguments(&old, &mine, &new, sides);
        return true;
    }
    let is_same = says(mine) == says(new);
    if is_same {
        sides.agree(mine, false, new);
    }
    is_same
}

/// What lines say, without comments.
fn says<'t>(lines: &[&'t str]) -> Vec<Vec<&'t str>> {
    let said = lines.iter().map(|line| Meaning::of(line).tokens);
    said.filter(|tokens| !tokens.is_empty()).collect()
}

/// A line and what it is known by.
type Named<'t> = (&'t str, &'t str);

/// Lines by their names; `None` where a name stands twice.
fn named<'t>(lines: &[&'t str]) -> Option<Vec<Named<'t>>> {
    let named: Vec<_> = lines.iter().map(|line| (name(line), *line)).collect();
    let is_unique = (1..named.len()).all(|at| named[..at].iter().all(|(name, _)| *name != named[at].0));
    (is_unique && lines.iter().all(|line| line.ends_with('\n'))).then_some(named)
}

fn find<'t>(side: &[Named<'t>], name: &str) -> Option<&'t str> {
    side.iter().find(|(other, _)| *other == name).map(|(_, line)| *line)
}

/// Where a line belongs in `list` that stands at `at` in `side`: below the nearest one above it that both have.
fn place<T>(side: &[Named<'_>], at: usize, list: &[(&str, T)]) -> usize {
    let above =
        side[..at].iter().rev().find_map(|(above, _)| list.iter().position(|(name, _)| name == above));
    above.map_or(0, |above| above + 1)
}

fn arguments<'t>(old: &[Named<'t>], mine: &[Named<'t>], new: &[Named<'t>], sides: &mut Sides<'t>) {
    // For each name the line of either side, and whether it is tierform's doing.
    type List<'t> = Vec<(&'t str, (&'t str, bool))>;
    let (mut ours, mut theirs): (List<'t>, List<'t>) = (Vec::new(), Vec::new());
    let mut clashing: Vec<&str> = Vec::new();
    for &(name, line) in mine {
        match one(find(old, name), line, find(new, name)) {
            One::Agreed(line, is_new) => {
                ours.push((name, (line, is_new)));
                theirs.push((name, (line, is_new)));
            }
            One::Gone => {}
            One::Clash => {
                ours.push((name, (line, false)));
                theirs.extend(find(new, name).map(|line| (name, (line, true))));
                clashing.push(name);
            }
        }
    }
    for (at, &(name, line)) in new.iter().enumerate().filter(|(_, (name, _))| find(mine, name).is_none()) {
        match find(old, name) {
            // The user took it out, and we did not touch what it says.
            Some(old) if Meaning::of(old).tokens == Meaning::of(line).tokens => {}
            Some(_) => {
                theirs.insert(place(new, at, &theirs), (name, (line, true)));
                clashing.push(name);
            }
            None => {
                ours.insert(place(new, at, &ours), (name, (line, true)));
                theirs.insert(place(new, at, &theirs), (name, (line, true)));
            }
        }
    }
    // What is generated now, but for the clashes: there the user's line is still an edit of the old one.
    let mut base: Vec<(&str, &'t str)> =
        new.iter().filter(|(name, _)| !clashing.contains(name)).copied().collect();
    for (at, &(name, line)) in old.iter().enumerate().filter(|(_, (name, _))| clashing.contains(name)) {
        base.insert(place(old, at, &base), (name, line));
    }
    sides.mine.extend(ours.into_iter().map(|(_, line)| line));
    sides.theirs.extend(theirs.into_iter().map(|(_, line)| line));
    sides.base.extend(base.into_iter().map(|(_, line)| line));
    sides.clashes += clashing.len();
}

/// What becomes of an argument that the user has.
enum One<'t> {
    /// The line, and whether it is tierform's.
    Agreed(&'t str, bool),
    /// We took it out, and the user had not touched it.
    Gone,
    Clash,
}

/// The same value on both sides is no clash, whatever the comments say: they are reasons. Of the comments the user's own stays.
fn one<'t>(old: Option<&'t str>, mine: &'t str, new: Option<&'t str>) -> One<'t> {
    let (before, own) = (old.map(Meaning::of), Meaning::of(mine));
    let is_mine_old = before.as_ref() == Some(&own);
    let Some(new) = new else {
        return match (is_mine_old, before) {
            (true, _) => One::Gone,
            // Only the user has it.
            (false, None) => One::Agreed(mine, false),
            (false, Some(_)) => One::Clash,
        };
    };
    let after = Meaning::of(new);
    if is_mine_old {
        return if before.as_ref() == Some(&after) {
            One::Agreed(mine, false)
        } else {
            One::Agreed(new, true)
        };
    }
    let is_same_reason = before.as_ref().is_some_and(|before| before.comment == own.comment);
    if own.tokens == after.tokens {
        return if is_same_reason { One::Agreed(new, true) } else { One::Agreed(mine, false) };
    }
    match before {
        // Of what the user changed, we changed the reason at most.
        Some(before) if before.tokens == after.tokens => One::Agreed(mine, false),
        _ => One::Clash,
    }
}
