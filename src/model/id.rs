//! Typed indices into the tables of a [`Model`](super::Model).

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The place in the table, counted from 0.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl From<usize> for $name {
            /// The id of table entry `index`.
            ///
            /// # Panics
            /// Beyond 2^32 entries.
            fn from(index: usize) -> Self {
                Self(u32::try_from(index).expect("a table holds fewer than 2^32 entries"))
            }
        }
    )*};
}

index! {
    /// A component of the file.
    ComponentId;
    /// One node (replica) of a component.
    NodeId;
    /// A physical host.
    HostId;
    /// A switch.
    SwitchId;
    /// A rack of hosts.
    RackId;
    /// Parts that fail or are repaired together.
    GroupId;
    /// A link from a component or workload to a component.
    LinkId;
    /// A request class.
    ClassId;
    /// A journey, or a class of a mix as a journey of one request.
    JourneyId;
    /// A workload.
    WorkloadId;
}
