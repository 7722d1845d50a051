//! What a node is in charge of, and how callers rank it for it.

use crate::model::{Role, Takeover, Tier};

/// The place of a node in its component at some instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// Takes the requests: a member, the primary, the holder of a shared address.
    Serving,
    /// Waits to take over.
    Spare,
    /// Takes reads.
    Reader,
    /// Still the primary, but without the majority of its voters: takes the reads that nobody
    /// else takes.
    SteppedDown,
    /// Known to be lost, or back and not yet let in.
    Out,
}

impl Seat {
    /// The seat of a role while nothing has happened.
    pub fn of(role: Role) -> Self {
        match role {
            Role::Member | Role::Primary => Seat::Serving,
            Role::Standby => Seat::Spare,
            Role::ReadReplica => Seat::Reader,
        }
    }

    /// Whether callers of a tier send it requests, and in which rank: the least rank among
    /// those believed up takes part.
    pub fn standing(self, tier: Tier) -> (bool, u8) {
        match (tier, self) {
            (Tier::Members | Tier::Primary, Seat::Serving) | (Tier::Replicas, Seat::Reader) => {
                (true, 0)
            }
            (Tier::Replicas, Seat::Serving | Seat::SteppedDown) => (true, 1),
            (Tier::Members | Tier::Primary, _) => (false, 1),
            (Tier::Replicas, Seat::Spare | Seat::Out) => (false, 2),
        }
    }
}

/// Whether a node of this role can ever answer for a tier.
pub fn takes_part(role: Role, tier: Tier, takeover: Takeover) -> bool {
    match (role, tier) {
        (Role::Member | Role::Primary, _) | (Role::ReadReplica, Tier::Replicas) => true,
        (Role::ReadReplica, Tier::Members) => false,
        (Role::ReadReplica, Tier::Primary) => matches!(takeover, Takeover::Promotion { .. }),
        (Role::Standby, _) => takeover != Takeover::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_prefer_replicas_and_fall_back_to_the_primary() {
        let (reader, leader) = (Seat::Reader.standing(Tier::Replicas), Seat::Serving);
        assert_eq!(reader, (true, 0));
        assert_eq!(leader.standing(Tier::Replicas), (true, 1));
        assert_eq!(leader.standing(Tier::Primary), (true, 0));
        assert_eq!(Seat::SteppedDown.standing(Tier::Replicas), (true, 1));
        assert_eq!(Seat::SteppedDown.standing(Tier::Primary), (false, 1));
    }

    #[test]
    fn only_promotion_makes_a_read_replica_a_target_of_writes() {
        let promotion = Takeover::Promotion {
            detect: 1,
            promote: 1,
        };
        assert!(takes_part(Role::ReadReplica, Tier::Primary, promotion));
        assert!(!takes_part(
            Role::ReadReplica,
            Tier::Primary,
            Takeover::None
        ));
        assert!(!takes_part(Role::Standby, Tier::Members, Takeover::None));
        assert_eq!(Seat::Reader.standing(Tier::Primary), (false, 1));
    }
}
