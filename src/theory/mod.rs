//! Closed forms of queueing theory: plain numbers in, plain numbers out.
//!
//! They answer `estimate` without simulation and are the oracle that runs are held against.
//! Rates are per second and times in seconds throughout (any consistent unit works). Where no
//! steady state exists a constructor gives `None`. Logarithm and exponential are those of `libm`
//! (S38).

pub mod amva;
pub mod balancing;
pub mod batch;
pub mod bounded;
pub mod bounds;
pub mod breakdown;
pub mod burn_rate;
pub mod caches;
pub mod classes;
pub mod erlang;
pub mod fork_join;
pub mod general;
pub mod gim1;
pub mod hashing;
pub mod laws;
mod layer;
pub mod layered;
mod levels;
pub mod lossy;
pub mod md1;
pub mod mdc;
pub mod mg1;
pub mod mmc;
pub mod mmck;
pub mod mva;
pub mod network;
pub mod order;
pub mod patience;
pub mod priority;
pub mod repairman;
pub mod retrial;
pub mod retry_budget;
pub mod transient;
pub mod usl;
pub mod usl_fit;

pub use amva::{linearizer, schweitzer};
pub use balancing::{power_of_choices, shortest_of_two};
pub use batch::Batch;
pub use bounded::Bounded;
pub use bounds::{Bounds, asymptotic, balanced};
pub use breakdown::{Unreliable, UnreliableServers};
pub use caches::{
    che_fifo_hits, che_lru_hits, distinct_items, fetches_per_expiry, fifo_hits, lfu_hits, lru_hits,
    renewed_ttl_hits, saturating_hit_ratio, ttl_hits, zipf,
};
pub use classes::{ClassStation, ClosedClass, ClosedClasses, closed_classes};
pub use erlang::{erlang_b, erlang_c};
pub use fork_join::{fork_join_of_two, nelson_tantawi};
pub use general::{allen_cunneen, kingman, kingman_bound};
pub use gim1::Gim1;
pub use hashing::{largest_share_mean, share_cv};
pub use laws::{interactive_response, little_in_system, little_response, utilisation};
pub use layered::{Chain, Layer, Layered, LayeredSolution, Load, Pool, Use, layered};
pub use lossy::{Lossy, LossyStation};
pub use md1::Md1;
pub use mdc::mdc_mean_wait;
pub use mg1::{Mg1, Mg1ProcessorSharing};
pub use mmc::Mmc;
pub use mmck::Mmck;
pub use mva::{Closed, Station, closed_network};
pub use network::{Node, Open, open_network};
pub use order::{harmonic, quorum_mean, quorum_reached, slow_fan_out};
pub use patience::{ErlangA, lost_to_constant_patience};
pub use priority::{
    PriorityClass, non_preemptive_waits, non_preemptive_waits_on, preemptive_resume_responses,
};
pub use repairman::{Repairman, repairman};
pub use retrial::{Retrial, attempts_per_request, fails_for_good};
pub use retry_budget::RetryBudget;
pub use transient::{Burst, SineResponse, burst, sine_load};
pub use usl::Usl;
pub use usl_fit::{UslFit, fit_usl};

#[cfg(test)]
mod check {
    /// Asserts equality within `relative` of the expected number.
    #[track_caller]
    pub fn near(own: f64, expected: f64, relative: f64) {
        let error = (own - expected).abs();
        assert!(
            error <= relative * expected.abs(),
            "{own} is not {expected}"
        );
    }
}
