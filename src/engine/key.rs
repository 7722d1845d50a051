//! One integer that orders all events: time, then rank, then number (S45).

/// `time:64 | rank:4 | number:35 | id:25`. The low word is the event's ticket: numbers never
/// repeat, so a ticket names one event for ever and serves as generation, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub u128);

/// Bits of the id.
const ID_BITS: u32 = 25;
/// Bits of the number.
const NUMBER_BITS: u32 = 35;

/// Ids lie below this.
pub const ID_LIMIT: usize = 1 << ID_BITS;
/// Numbers lie below this.
pub const NUMBER_LIMIT: u64 = 1 << NUMBER_BITS;

/// What happens, in the order of events at one instant (S45).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Rank {
    /// A server of a first-come station finishes the visit `id`.
    Served,
    /// The sharing station `id` may have a job to finish.
    Due,
    /// The station `id` that chooses may have finished a job.
    Turn,
    /// A pause inside a visit is over.
    Waited,
    /// The answer of the visit `id` reaches its caller.
    Answered,
    /// A timer of the lane `id` may have run out.
    Expired,
    /// A fault or repair of the plan.
    Fault,
    /// The breaker `id` stops servers, or lets them go on.
    Breaker,
    /// A change of belief or route of the plan.
    Control,
    /// Targets that the selector `id` left out may come back.
    Return,
    /// The group of nodes `id` is looked at, or a node of one has booted.
    Look,
    /// The visit `id` reaches a node, or tries again.
    Reached,
    /// The user of trip `id` goes on.
    User,
    /// The source `id` sends.
    Arrival,
}

const RANKS: [Rank; 16] = [
    Rank::Served,
    Rank::Due,
    Rank::Turn,
    Rank::Waited,
    Rank::Answered,
    Rank::Expired,
    Rank::Fault,
    Rank::Breaker,
    Rank::Control,
    Rank::Return,
    Rank::Look,
    Rank::Reached,
    Rank::User,
    Rank::Arrival,
    Rank::Arrival,
    Rank::Arrival,
];

impl Key {
    /// The key of an event.
    #[inline]
    pub fn new(time: u64, rank: Rank, number: u64, id: u32) -> Self {
        let ticket = (rank as u64) << (NUMBER_BITS + ID_BITS) | number << ID_BITS | u64::from(id);
        Self(u128::from(time) << 64 | u128::from(ticket))
    }

    /// When, ns.
    #[inline]
    pub fn time(self) -> u64 {
        (self.0 >> 64) as u64
    }

    /// The low word; never 0 for numbers from 1.
    #[inline]
    pub fn ticket(self) -> u64 {
        self.0 as u64
    }

    /// What happens.
    #[inline]
    pub fn rank(self) -> Rank {
        RANKS[(self.ticket() >> (NUMBER_BITS + ID_BITS)) as usize]
    }

    /// To whom.
    #[inline]
    pub fn id(self) -> u32 {
        self.0 as u32 & (ID_LIMIT as u32 - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_time_then_rank_then_number() {
        let keys = [
            Key::new(5, Rank::Arrival, 1, 9),
            Key::new(6, Rank::Served, 7, 3),
            Key::new(6, Rank::Served, 8, 2),
            Key::new(6, Rank::Answered, 3, 1),
            Key::new(6, Rank::Expired, 2, 0),
            Key::new(6, Rank::Fault, 1, 0),
            Key::new(6, Rank::Control, 0, 0),
            Key::new(6, Rank::Arrival, 0, 0),
            Key::new(u64::MAX - 1, Rank::Served, 0, 0),
        ];
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn parts_come_back() {
        let key = Key::new(123, Rank::User, NUMBER_LIMIT - 1, ID_LIMIT as u32 - 1);
        assert_eq!(
            (key.time(), key.rank(), key.id()),
            (123, Rank::User, ID_LIMIT as u32 - 1)
        );
    }
}
