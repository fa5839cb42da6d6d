//! Rehearsal: the user's own engine run against simulated providers.
