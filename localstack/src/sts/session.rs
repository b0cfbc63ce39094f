//! Sessions of roles.
//!
//! A session is kept by whoever has it: its token tells all of it. So nothing is written down, and a session goes on after a
//! restart. A token can be forged: whoever reaches the port is trusted.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::caller::{Caller, Carried, Identity, is_account};
use crate::clock::Millis;
use crate::wire::Refused;
use crate::world::World;

/// What every access key of a session begins with.
pub(crate) const KEY_PREFIX: &str = "ASIA";

/// The alphabet of access keys.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A session of a role, as its token holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Session {
    pub(super) account: String,
    /// The role's name.
    pub(super) role: String,
    /// The role's id: another role of the same name is another role.
    pub(super) role_id: String,
    pub(super) name: String,
    pub(super) expires: Millis,
    /// The documents of its policies.
    pub(super) policies: Vec<String>,
    pub(super) tags: BTreeMap<String, String>,
    /// The keys of the tags that sessions begun from this one have too.
    pub(super) transitive: BTreeSet<String>,
    pub(super) source_identity: Option<String>,
    /// Two sessions that are alike in all else differ here.
    pub(super) nonce: String,
}

/// What a client signs with.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Credentials {
    pub(super) access_key: String,
    pub(super) secret: String,
    pub(super) token: String,
}

impl Session {
    /// `arn:<partition>:sts::<account>:assumed-role/<role>/<session>`
    pub(super) fn arn(&self, partition: &str) -> String {
        let Self { account, role, name, .. } = self;
        format!("arn:{partition}:sts::{account}:assumed-role/{role}/{name}")
    }

    /// The role's id and the session's name.
    pub(super) fn user_id(&self) -> String {
        format!("{}:{}", self.role_id, self.name)
    }

    /// The session's credentials, with a token of at least that size.
    pub(super) fn credentials(&self, size: usize) -> Credentials {
        let told = serde_json::to_vec(self).expect("texts and numbers become JSON");
        let mut token = URL_SAFE_NO_PAD.encode(told);
        if token.len() < size {
            token.push('.');
            token.extend(std::iter::repeat_n('A', size.saturating_sub(token.len())));
        }
        let secret = STANDARD.encode(&Sha256::digest(format!("secret/{token}"))[..30]);
        Credentials { access_key: access_key(&self.account, &token), secret, token }
    }

    fn read(token: &str) -> Option<Self> {
        let told = token.split_once('.').map_or(token, |(told, _)| told);
        let session: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(told).ok()?).ok()?;
        is_account(&session.account).then_some(session)
    }
}

/// The access key that belongs to the token. It tells its account where AWS's keys do: in the 40 bits after the first.
fn access_key(account: &str, token: &str) -> String {
    let digest = Sha256::digest(token);
    let account: u128 = account.parse().expect("twelve digits are a number");
    let rest = digest.iter().take(5).fold(0_u128, |rest, byte| rest << 8 | u128::from(*byte)) & ((1 << 39) - 1);
    let bits = 1 << 79 | account << 39 | rest;
    let letter = |index: u32| char::from(BASE32[usize::try_from(bits >> (5 * (15 - index)) & 31).unwrap_or_default()]);
    KEY_PREFIX.chars().chain((0..16).map(letter)).collect()
}

/// Who uses the credentials. Inferred: the sessions of a role that is gone, or was made anew, are nobody's.
pub(crate) fn caller(world: &World, access_key: &str, token: Option<&str>, region: &str) -> Result<Caller, Refused> {
    let token = token.ok_or(Refused::UnknownToken)?;
    let session = Session::read(token).ok_or(Refused::UnknownToken)?;
    let role = world.iam(&session.account).roles.get(&session.role);
    if self::access_key(&session.account, token) != access_key || role.is_none_or(|role| role.id != session.role_id) {
        return Err(Refused::UnknownToken);
    }
    if session.expires <= world.now() {
        return Err(Refused::Expired);
    }
    Ok(Caller {
        arn: session.arn(world.partition.id()),
        user_id: session.user_id(),
        region: region.to_owned(),
        account: session.account,
        identity: Identity::Session { role: session.role, name: session.name, policies: session.policies },
        carried: Carried {
            tags: session.tags,
            transitive: session.transitive,
            source_identity: session.source_identity,
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::{Options, Partition};
    use crate::seed;

    fn world() -> World {
        World::new(seed::complete(json!({}), Partition::Aws).expect("a seed"), Options::default())
    }

    fn session(world: &World, expires: Millis) -> Session {
        Session {
            account: "222233334444".to_owned(),
            role: "app-role".to_owned(),
            role_id: world.iam("222233334444").roles["app-role"].id.clone(),
            name: "run".to_owned(),
            expires,
            policies: vec!["{}".to_owned()],
            tags: BTreeMap::new(),
            transitive: BTreeSet::new(),
            source_identity: None,
            nonce: "1".to_owned(),
        }
    }

    #[test]
    fn credentials_are_good_until_they_expire() {
        let world = world();
        let later = session(&world, world.now() + 1000);
        let Credentials { access_key, secret, token } = later.credentials(0);
        assert_eq!((access_key.len(), secret.len()), (20, 40));
        let who = caller(&world, &access_key, Some(&token), "eu-west-1").expect("somebody");
        assert_eq!(who.arn, "arn:aws:sts::222233334444:assumed-role/app-role/run");
        assert_eq!(who.user_id, format!("{}:run", later.role_id));
        let policies = vec!["{}".to_owned()];
        let identity = Identity::Session { role: "app-role".to_owned(), name: "run".to_owned(), policies };
        assert_eq!((who.identity, who.region.as_str()), (identity, "eu-west-1"));
        let over = session(&world, world.now()).credentials(0);
        assert_eq!(caller(&world, &over.access_key, Some(&over.token), "eu-west-1"), Err(Refused::Expired));
    }

    #[test]
    fn what_does_not_belong_together_is_nobody() {
        let world = world();
        let good = session(&world, world.now() + 1000);
        let other = Session { nonce: "2".to_owned(), ..good.clone() };
        let (good_key, good_token) = (good.credentials(0).access_key, good.credentials(0).token);
        assert_ne!(good_key, other.credentials(0).access_key);
        let renewed = Session { role_id: "AROAOTHER".to_owned(), ..good.clone() }.credentials(0);
        let gone = Session { role: "gone".to_owned(), ..good }.credentials(0);
        for (key, token) in [
            (&good_key, None),
            (&good_key, Some(&other.credentials(0).token)),
            (&other.credentials(0).access_key, Some(&good_token)),
            (&good_key, Some(&"e30".to_owned())),
            (&renewed.access_key, Some(&renewed.token)),
            (&gone.access_key, Some(&gone.token)),
        ] {
            let who = caller(&world, key, token.map(String::as_str), "eu-west-1");
            assert_eq!(who, Err(Refused::UnknownToken), "{key} {token:?}");
        }
    }

    #[test]
    fn a_token_is_as_long_as_asked() {
        let world = world();
        let session = session(&world, world.now() + 1000);
        let short = session.credentials(0).token.len();
        for size in [short - 1, short, short + 1, 4096] {
            let token = session.credentials(size).token;
            assert_eq!(token.len(), size.max(short));
            assert_eq!(Session::read(&token), Some(session.clone()));
        }
    }

    #[test]
    fn an_access_key_tells_its_account() {
        let key = access_key("609629065308", "token");
        // The way in which keys are commonly decoded.
        let bits = key[4..].bytes().fold(0_u128, |bits, letter| {
            let value = BASE32.iter().position(|other| *other == letter).expect("of the alphabet");
            bits << 5 | value as u128
        });
        assert_eq!((bits >> 32 & 0x7fff_ffff_ff80) >> 7, 609_629_065_308);
    }
}
