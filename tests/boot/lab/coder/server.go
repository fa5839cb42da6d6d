package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	_ "github.com/lib/pq"
)

// server migrates the database, says that it is ready and answers /healthz until a signal comes.
func server() error {
	address := os.Getenv("CODER_HTTP_ADDRESS")
	if address == "" {
		address = "127.0.0.1:3000" // Coder's own default, which no load balancer reaches.
	}
	for _, name := range []string{"CODER_ACCESS_URL", "CODER_PG_CONNECTION_URL"} {
		// Coder would open a tunnel, or start a database of its own.
		if _, err := required(name); err != nil {
			return err
		}
	}
	builders, err := strconv.Atoi(os.Getenv("CODER_PROVISIONER_DAEMONS"))
	if err != nil {
		return fmt.Errorf("CODER_PROVISIONER_DAEMONS: %w", err) // Coder's default is 3, which no deployment of ours wants.
	}
	// Where hosts run the builds there may be other replicas.
	if builders == 0 || os.Getenv("CODER_DERP_SERVER_RELAY_URL") != "" {
		if err := checkPeers(address); err != nil {
			return err
		}
	}

	if _, err := url.Parse(os.Getenv("CODER_PG_CONNECTION_URL")); err != nil {
		return errors.New("the database URL does not parse") // It holds the password, and err the whole of it.
	}
	database, err := sql.Open("postgres", os.Getenv("CODER_PG_CONNECTION_URL"))
	if err != nil {
		return err
	}
	if err := migrate(database, address); err != nil {
		return fmt.Errorf("database: %w", err)
	}

	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(writer http.ResponseWriter, _ *http.Request) { fmt.Fprint(writer, "OK") })
	builds := newBuilds(builders)
	mux.Handle("POST /build", builds)
	go http.Serve(listener, mux)
	log.Printf("serving on %s", address)
	if err := notify("READY=1"); err != nil {
		return err
	}

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	got := <-stop
	log.Printf("stopping: %v", got)
	builds.stop(got)
	return database.Close()
}

// checkPeers sees to it that other replicas reach this one: by an address that is its own.
func checkPeers(address string) error {
	relay, err := url.Parse(os.Getenv("CODER_DERP_SERVER_RELAY_URL"))
	if err != nil || relay.Scheme != "http" {
		return fmt.Errorf("CODER_DERP_SERVER_RELAY_URL must be an http URL: %v", err)
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil || relay.Port() != port {
		return fmt.Errorf("the relay URL %s is not on the port of CODER_HTTP_ADDRESS, %s", relay, address)
	}
	if cluster := os.Getenv("CODER_CLUSTER_HOST"); cluster != relay.Hostname() {
		return fmt.Errorf("CODER_CLUSTER_HOST is %q, and the relay URL %s", cluster, relay)
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		return err
	}
	for _, one := range own {
		if network, ok := one.(*net.IPNet); ok && !network.IP.IsLoopback() && network.IP.String() == relay.Hostname() {
			return nil
		}
	}
	return fmt.Errorf("the relay URL %s is not this machine's address", relay)
}

// migrate leaves a row about this start, from which the lab reads what coderd was given.
func migrate(database *sql.DB, address string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var names []string
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "CODER_") {
			names = append(names, name)
		}
	}
	_, err := database.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS starts (address text, relay text, variables text, psk text)`)
	if err != nil {
		return err
	}
	_, err = database.ExecContext(ctx, `INSERT INTO starts VALUES ($1, $2, $3, $4)`, address,
		os.Getenv("CODER_DERP_SERVER_RELAY_URL"), strings.Join(names, " "), os.Getenv("CODER_PROVISIONER_DAEMON_PSK"))
	return err
}

// notify tells systemd, which the packaged unit's Type=notify waits for.
func notify(state string) error {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return nil
	}
	connection, err := net.Dial("unixgram", path)
	if err != nil {
		return err
	}
	defer connection.Close()
	_, err = connection.Write([]byte(state))
	return err
}
