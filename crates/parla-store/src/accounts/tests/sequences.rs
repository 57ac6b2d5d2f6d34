//! Whatever happens to accounts, in whatever order, they come back as they were kept.

use proptest::prelude::*;

use super::*;

/// What may happen to accounts; the numbers choose a name, an account or a certificate.
#[derive(Clone, Debug)]
enum Step {
    Create(u8),
    Change(usize, AccountChange),
    Delete(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let change = prop_oneof![
        proptest::option::of(any::<u8>()).prop_map(|number| AccountChange::Password(number.map(password))),
        (0..6_u8).prop_map(|number| AccountChange::CertificateAdded(certificate(number))),
        (0..6_u8).prop_map(|number| AccountChange::CertificateRemoved(certificate(number))),
        proptest::option::of("\\PC{0,5}").prop_map(AccountChange::Suspended),
        (0..4_u64, proptest::option::of(any::<i64>()))
            .prop_map(|(room, at)| { read(Conversation::Channel(ChannelId::from_number(room)), at) }),
        ("[a-c]", proptest::option::of("\\PC{1,5}")).prop_map(|(key, value)| says(&key, value.as_deref())),
    ];
    prop_oneof![
        2 => (0..6_u8).prop_map(Step::Create),
        8 => (0..4_usize, change).prop_map(|(which, change)| Step::Change(which, change)),
        1 => (0..4_usize).prop_map(Step::Delete),
    ]
}

/// Does this to accounts in memory. Returns the change, if the network would make it.
fn apply(accounts: &mut Vec<AccountState>, step: Step, id: AccountId) -> Option<Change> {
    match step {
        Step::Create(number) => {
            let account = AccountState::new(id, name(&format!("Zoë{number}")), Timestamp::default());
            if accounts.iter().any(|other| other.name == account.name) {
                return None;
            }
            accounts.push(account.clone());
            Some(created(&account))
        }
        Step::Change(which, change) => {
            let is_had =
                |certificate| accounts.iter().any(|account| account.certificates.contains(certificate));
            if matches!(&change, AccountChange::CertificateAdded(certificate) if is_had(certificate)) {
                return None;
            }
            let account = accounts.get_mut(which)?;
            account.apply(change.clone());
            Some(Change::AccountChanged { account: account.id, change })
        }
        Step::Delete(which) => {
            let account = (which < accounts.len()).then(|| accounts.remove(which))?;
            Some(Change::AccountDeleted { account: account.id })
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn memory_and_disk_agree(batches in proptest::collection::vec(proptest::collection::vec(step(), 1..5), 1..20)) {
        let mut tables = Tables::in_memory().unwrap();
        let (mut accounts, mut ids) = (Vec::new(), (1..).map(AccountId::from_number));
        let mut last = None;
        for batch in batches {
            let changes: Vec<Change> =
                batch.into_iter().filter_map(|step| apply(&mut accounts, step, ids.next()?)).collect();
            let created = changes.iter().filter_map(|change| match change {
                Change::Account(account) => Some(account.id.number()),
                _ => None,
            });
            last = last.max(created.max());
            tables.commit(&changes).unwrap();
            prop_assert_eq!(&kept(&tables), &accounts);
            prop_assert_eq!(tables.last_seq().unwrap(), last);
        }
    }
}
