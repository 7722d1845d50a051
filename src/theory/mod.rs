//! Closed forms of queueing theory: plain numbers in, plain numbers out.
//!
//! They answer `estimate` without simulation and are the oracle that runs are held against.
//! Rates are per second and times in seconds throughout (any consistent unit works). Where no
//! steady state exists a constructor gives `None`. Logarithm and exponential are those of `libm`
//! (S38).

pub mod bounded;
pub mod bounds;
pub mod dm1;
pub mod erlang;
pub mod laws;
pub mod md1;
pub mod mg1;
pub mod mmc;
pub mod mmck;
pub mod mva;
pub mod network;
pub mod repairman;
pub mod usl;

pub use bounded::Bounded;
pub use bounds::{Bounds, asymptotic, balanced};
pub use dm1::Dm1;
pub use erlang::{erlang_b, erlang_c};
pub use laws::{interactive_response, little_in_system, little_response, utilisation};
pub use md1::Md1;
pub use mg1::{Mg1, Mg1ProcessorSharing};
pub use mmc::Mmc;
pub use mmck::Mmck;
pub use mva::{Closed, Station, closed_network};
pub use network::{Node, Open, open_network};
pub use repairman::{Repairman, repairman};
pub use usl::Usl;

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
