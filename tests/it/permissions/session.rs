//! Sessions that are opened to read cannot write, whatever their role may.

use std::sync::{Arc, Mutex};

use bedrail::aws::{Access, Connection, Retries, Sandbox as Account};
use bedrail::model::Region;
use bedrail::model::diagnostic::Diagnostics;
use bedrail::reconcile::Sides;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::MORE;
use super::world::{May, World};
use crate::support::caller::{Caller, credentials};
use crate::support::spec;

/// What went through to AWS and back, in whole connections.
type Heard = Arc<Mutex<Vec<String>>>;

/// Stands between bedrail and the local AWS, and listens. Each answer to `AssumeRole` is kept.
async fn between(host: String) -> (String, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let heard = Heard::default();
    let kept = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let (kept, host) = (Arc::clone(&kept), host.clone());
            tokio::spawn(async move {
                let Ok(far) = TcpStream::connect(host).await else { return };
                let ((mut near_in, mut near_out), (mut far_in, mut far_out)) = (near.into_split(), far.into_split());
                let there = tokio::io::copy(&mut near_in, &mut far_out);
                let back = async {
                    let (mut all, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
                    while let Ok(read @ 1..) = far_in.read(&mut buffer).await {
                        all.extend_from_slice(&buffer[..read]);
                        kept_last(&kept, &mut all);
                        if near_out.write_all(&buffer[..read]).await.is_err() {
                            break;
                        }
                    }
                };
                let _ = tokio::join!(there, back);
            });
        }
    });
    (endpoint, heard)
}

/// Takes whole answers of STS out of what was heard.
fn kept_last(kept: &Heard, all: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(all).into_owned();
    if let Some(end) = text.find("</AssumeRoleResponse>") {
        kept.lock().expect("nobody panicked").push(text[..end].to_owned());
        all.clear();
    }
}

/// Writes of each service, each with what a role that may do anything is answered: it is not denied.
async fn denials(caller: &Caller) -> Vec<(String, bool)> {
    let guardrail = json!({"name": "mine", "blockedInputMessaging": "No.", "blockedOutputsMessaging": "No.",
        "wordPolicyConfig": {"wordsConfig": [{"text": "tulip"}]}});
    let logging = json!({"loggingConfig": {"s3Config": {"bucketName": "logs"}}});
    let document = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D";
    let mut denials = Vec::new();
    for (method, path, body) in [
        ("POST", "/guardrails", &guardrail),
        ("PUT", "/logging/modelinvocations", &logging),
        ("DELETE", "/logging/modelinvocations", &json!({})),
        ("DELETE", "/enforcedGuardrailsConfiguration/abc", &json!({})),
    ] {
        denials.push((format!("{method} {path}"), caller.bedrock(method, path, body).await.status == 403));
    }
    for (action, form) in [
        ("CreatePolicy", format!("PolicyName=mine&PolicyDocument={document}")),
        ("PutRolePolicy", format!("RoleName=app-role&PolicyName=mine&PolicyDocument={document}")),
        ("AttachRolePolicy", "RoleName=app-role&PolicyArn=arn:aws:iam::555566667777:policy/mine".to_owned()),
        ("DeletePolicy", "PolicyArn=arn:aws:iam::555566667777:policy/mine".to_owned()),
    ] {
        denials.push((action.to_owned(), caller.iam(action, &form).await.status == 403));
    }
    denials
}

/// The very sessions that `plan` opens in members, taken from it on their way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_the_sessions_of_a_plan_can_write_nothing() {
    let world = World::start(MORE, &May::all()).await;
    let (endpoint, heard) = between(world.sandbox.endpoint().trim_start_matches("http://").to_owned()).await;
    for (access, denied) in [(Access::ReadOnly, true), (Access::ReadWrite, false)] {
        heard.lock().expect("nobody panicked").clear();
        let connection = Connection {
            profile: None,
            endpoint_url: Some(endpoint.clone()),
            region: Some(Region::new("us-east-1")),
            sandbox: Some(Account { account: world.sandbox.account.parse().expect("an account id") }),
            parallelism: 4,
            retries: Retries::default(),
            roles: world.sandbox.roles.clone(),
        };
        let clients = connection.open(access).await.expect("the way in");
        let sides = Sides::read(&spec(MORE), &clients, &mut Diagnostics::default()).await;
        assert!(sides.is_ok_and(|sides| sides.live.blind.is_empty()), "a session that reads sees all");
        let sessions: Vec<String> = heard.lock().expect("nobody panicked").clone();
        let of_member = |text: &&String| text.contains("555566667777:assumed-role");
        let members: Vec<&String> = sessions.iter().filter(of_member).collect();
        assert!(!members.is_empty(), "{access:?}: {} sessions", sessions.len());
        for session in members {
            let (key, token) = credentials(session).expect("credentials");
            let caller = world.sandbox.bearer(key, token);
            for (write, was) in denials(&caller).await {
                assert_eq!(was, denied, "{access:?}: {write}");
            }
            assert_eq!(caller.bedrock("GET", "/guardrails", &json!({})).await.status, 200);
        }
    }
}
