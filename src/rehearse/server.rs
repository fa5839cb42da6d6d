//! A gRPC server on unix sockets, one socket per simulated provider: just enough of gRPC for unary calls.
//! Framing: grpc/grpc, doc/PROTOCOL-HTTP2.md; the engine dials the sockets that `TF_REATTACH_PROVIDERS` names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use h2::RecvStream;
use h2::server::SendResponse;
use http::{HeaderMap, HeaderValue, Request, Response};
use tokio::net::{UnixListener, UnixStream};

use super::pace::Pace;
use super::provider::{CallError, Connection, Provider};

/// Registry hosts whose `hashicorp/` providers the two engines mean when no host is written.
const REGISTRY_HOSTS: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

/// The window for a whole schema, so that it is sent without waiting for the engine.
const WINDOW: u32 = 8 << 20;

/// Running servers; they stop when this is dropped.
pub struct Servers {
    sockets: Vec<(&'static str, PathBuf)>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Drop for Servers {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Servers {
    /// Listens for each provider on a socket of its own in `directory`.
    ///
    /// # Errors
    /// When a socket cannot be made.
    pub fn start(directory: &Path, providers: Vec<Arc<Provider>>) -> std::io::Result<Servers> {
        let mut servers = Servers { sockets: Vec::new(), tasks: Vec::new() };
        let pace = Arc::new(Pace::new());
        for provider in providers {
            let socket = directory.join(provider.name());
            let listener = UnixListener::bind(&socket)?;
            servers.sockets.push((provider.name(), socket));
            let pace = Arc::clone(&pace);
            servers.tasks.push(tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(connection(stream, Arc::clone(&provider), Arc::clone(&pace)));
                }
            }));
        }
        Ok(servers)
    }

    /// The value of `TF_REATTACH_PROVIDERS` that makes an engine use these servers.
    pub fn reattach(servers: &[Servers]) -> String {
        let mut entries = serde_json::Map::new();
        for (name, socket) in servers.iter().flat_map(|servers| &servers.sockets) {
            for host in REGISTRY_HOSTS {
                let entry = serde_json::json!({
                    "Protocol": "grpc",
                    "ProtocolVersion": 6,
                    "Pid": std::process::id(),
                    // The engine must not end this process when it is done.
                    "Test": true,
                    "Addr": {"Network": "unix", "String": socket},
                });
                entries.insert(format!("{host}/hashicorp/{name}"), entry);
            }
        }
        serde_json::Value::Object(entries).to_string()
    }
}

/// Serves one connection, which is one configured provider (a provider alias has its own connection).
async fn connection(stream: UnixStream, provider: Arc<Provider>, pace: Arc<Pace>) {
    let settings = Connection::default();
    let _caller = pace.connected(stream.peer_cred().ok().and_then(|peer| peer.pid()));
    let handshake = h2::server::Builder::new()
        .initial_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .max_concurrent_streams(1024)
        .handshake::<_, Bytes>(stream);
    // The engine dying ends the connection, and that is all there is to do about it.
    let Ok(mut http) = handshake.await else { return };
    let settings = Arc::new(settings);
    while let Some(Ok((request, respond))) = http.accept().await {
        let (provider, settings, pace) = (Arc::clone(&provider), Arc::clone(&settings), Arc::clone(&pace));
        tokio::spawn(async move {
            // As above: an error here is a connection that is gone.
            let _ = serve(request, respond, &provider, &settings, &pace).await;
        });
    }
}

async fn serve(
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    provider: &Provider,
    settings: &Connection,
    pace: &Pace,
) -> Result<(), h2::Error> {
    let path = request.uri().path().to_owned();
    let answer = match path.strip_prefix("/tfplugin6.Provider/") {
        Some(method) => {
            let body = read_all(request.into_body()).await?;
            match body.get(5..) {
                Some(message) => {
                    pace.called();
                    if let Some(rank) = Provider::slowness(method, message) {
                        pace.wait(rank).await;
                    }
                    let answer = provider.call(settings, method, message);
                    pace.called();
                    answer
                }
                None => Err(CallError::Malformed("a message without its length prefix".to_owned())),
            }
        }
        // The plugin library's own services (log streaming, shutdown) are optional for the client.
        None => Err(CallError::Unimplemented(path)),
    };
    let mut head = Response::new(());
    head.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    match answer {
        Ok(message) => {
            let mut frame = BytesMut::with_capacity(message.len() + 5);
            frame.put_u8(0);
            frame.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
            frame.put_slice(&message);
            let mut send = respond.send_response(head, false)?;
            send.send_data(frame.freeze(), false)?;
            let mut trailers = HeaderMap::new();
            trailers.insert("grpc-status", HeaderValue::from_static("0"));
            send.send_trailers(trailers)?;
        }
        Err(error) => {
            let headers = head.headers_mut();
            headers.insert("grpc-status", HeaderValue::from(error.grpc_status()));
            if let Ok(text) = HeaderValue::from_str(&error.to_string()) {
                headers.insert("grpc-message", text);
            }
            respond.send_response(head, true)?;
        }
    }
    Ok(())
}

async fn read_all(mut body: RecvStream) -> Result<Vec<u8>, h2::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk?;
        bytes.extend_from_slice(&chunk);
        body.flow_control().release_capacity(chunk.len())?;
    }
    Ok(bytes)
}
