//! What can befall messages between nodes.

use super::id::{LinkId, NodeId};
use crate::law::{Law, fraction};

/// What befalls which messages while it is on (`Effect::Spell`).
#[derive(Clone, Debug)]
pub struct Spell {
    /// Which messages.
    pub scope: Scope,
    /// What becomes of them.
    pub act: Act,
    /// Key of its draws, by message.
    pub key: u64,
}

/// Which messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Over this link, there and back.
    Link(LinkId),
    /// To and from these nodes, in order; `among`: also those between them.
    Around {
        /// The nodes.
        nodes: Vec<NodeId>,
        /// Whether messages from one of them to another are meant.
        among: bool,
    },
    /// From one side to the other, and back if `both`; each in order.
    Between {
        /// Senders.
        from: Vec<NodeId>,
        /// Receivers.
        to: Vec<NodeId>,
        /// Also what receivers send to senders.
        both: bool,
    },
}

/// What becomes of messages.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// They vanish.
    Vanish,
    /// They take longer, ns.
    Delay(Law),
    /// Each copy is lost with this probability, and sent again.
    Lose(f64),
    /// Requests are answered with an error, with this probability.
    Fail(f64),
    /// Answers are cut off by a reset, with this probability.
    Cut(f64),
}

/// A message on its way between two nodes; the clients are a node too.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// Who sends it.
    pub from: u32,
    /// Who is to have it.
    pub to: u32,
    /// Over which link.
    pub link: LinkId,
    /// Whether it is an answer.
    pub is_answer: bool,
}

impl Spell {
    /// Whether a message is meant. Requests fail at the callee that they go to, answers are cut
    /// off by the one that gives them.
    pub fn meets(&self, message: Message) -> bool {
        let holds = |nodes: &[NodeId], node: u32| nodes.binary_search(&NodeId(node)).is_ok();
        let Message { from, to, .. } = message;
        match (&self.scope, &self.act) {
            (Scope::Link(link), Act::Fail(_)) => message.link == *link && !message.is_answer,
            (Scope::Link(link), Act::Cut(_)) => message.link == *link && message.is_answer,
            (Scope::Link(link), _) => message.link == *link,
            _ if from == to => false,
            (Scope::Around { nodes, .. }, Act::Fail(_)) => !message.is_answer && holds(nodes, to),
            (Scope::Around { nodes, .. }, Act::Cut(_)) => message.is_answer && holds(nodes, from),
            (Scope::Around { nodes, among }, _) => match (holds(nodes, from), holds(nodes, to)) {
                (true, true) => *among,
                (sends, receives) => sends || receives,
            },
            (
                Scope::Between {
                    from: a,
                    to: b,
                    both,
                },
                _,
            ) => {
                let there = holds(a, from) && holds(b, to);
                there || *both && holds(b, from) && holds(a, to)
            }
        }
    }
}

/// First time after which TCP sends again what nobody has acknowledged, ns; each further one is
/// twice as long. Source: Linux, `TCP_RTO_MIN`.
const RTO: u64 = 200_000_000;
/// Longest such time, ns. Source: Linux, `TCP_RTO_MAX`.
const RTO_MOST: u64 = 120_000_000_000;
/// How often TCP sends again before it gives up. Source: Linux, `net.ipv4.tcp_retries2`.
const RESENT: u32 = 15;

/// How long a message takes more of whose copies this share is lost, ns.
///
/// # Errors
/// The time until the sender gives up (924.6 s), where all its copies are lost.
pub fn resent(share: f64, word: u64) -> Result<u64, u64> {
    let lost = if share >= 1.0 {
        f64::INFINITY
    } else if share <= 0.0 {
        0.0
    } else {
        (libm::log(1.0 - fraction(word)) / libm::log(share)).floor()
    };
    let wait = |copy: u32| (RTO << copy.min(20)).min(RTO_MOST);
    if lost > f64::from(RESENT) {
        return Err((0..=RESENT).map(wait).sum());
    }
    Ok((0..lost as u32).map(wait).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::mix;

    /// One half is lost: half pass at once, a quarter after 0.2 s, an eighth after 0.6 s. Lost for
    /// ever is told after 0.2 + 0.4 + ... + 102.4 + 6 x 120 = 924.6 s, as the kernel's manual says.
    #[test]
    fn lost_messages_are_sent_again_after_twice_the_time() {
        let mut seen = [0_u32; 3];
        let draws = 100_000;
        let mut word = 1;
        for _ in 0..draws {
            word = mix(word);
            match resent(0.5, word) {
                Ok(0) => seen[0] += 1,
                Ok(200_000_000) => seen[1] += 1,
                Ok(600_000_000) => seen[2] += 1,
                _ => {}
            }
        }
        for (count, share) in seen.into_iter().zip([0.5, 0.25, 0.125]) {
            let n = f64::from(draws);
            let error = (share * (1.0 - share) / n).sqrt();
            assert!(
                (f64::from(count) / n - share).abs() < 5.0 * error,
                "{seen:?}"
            );
        }
        assert_eq!(resent(1.0, 7), Err(924_600_000_000));
        assert_eq!(resent(0.0, 7), Ok(0));
    }
}
