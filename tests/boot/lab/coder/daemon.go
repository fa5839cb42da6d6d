package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

var nameRule = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]$`)

// A message between daemon and server, one per line. The server sends a build, the daemon its end.
type message struct {
	Build   int    `json:"build"`
	Seconds int    `json:"seconds,omitempty"`
	Result  string `json:"result,omitempty"`
}

// daemon takes builds, one at a time, until a signal comes: SIGTERM lets the running build finish, SIGINT cancels it.
func daemon(arguments []string) error {
	flags := flag.NewFlagSet("provisioner start", flag.ContinueOnError)
	host, _ := os.Hostname()
	name := flags.String("name", strings.Split(host, ".")[0], "")
	cache := flags.String("cache-dir", os.Getenv("CODER_CACHE_DIRECTORY"), "")
	metrics := flags.String("prometheus-address", "127.0.0.1:2112", "")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	server, err := required("CODER_URL")
	if err != nil {
		return err
	}
	psk, key := os.Getenv("CODER_PROVISIONER_DAEMON_PSK"), os.Getenv("CODER_PROVISIONER_DAEMON_KEY")
	switch {
	case psk != "" && key != "":
		return errors.New("cannot provide both provisioner key and psk")
	case psk == "" && key == "":
		return errors.New("must provide a provisioner key, a psk or a login")
	case key != "" && os.Getenv("CODER_PROVISIONERD_TAGS") != "":
		return errors.New("cannot provide tags when using a provisioner key")
	case !nameRule.MatchString(*name):
		return fmt.Errorf("invalid daemon name %q", *name)
	case *cache == "":
		return errors.New("no cache directory")
	}
	unlock, err := takeCache(*cache)
	if err != nil {
		return err
	}
	defer unlock()
	if os.Getenv("CODER_PROMETHEUS_ENABLE") == "true" {
		listener, err := net.Listen("tcp", *metrics)
		if err != nil {
			return err
		}
		go http.Serve(listener, http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(writer, "coderd_provisionerd_name{name=%q} 1\n", *name)
		}))
	}

	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	query := url.Values{"name": {*name}, "cache": {*cache}, "metrics": {*metrics}, "tags": {os.Getenv("CODER_PROVISIONERD_TAGS")}}
	for {
		stopped, err := serve(server, query, psk, key, *cache, signals)
		if stopped {
			log.Print("stopped")
			return err
		}
		log.Printf("lost the server, dialling again in 6 s: %v", err)
		select {
		case <-signals:
			return nil
		case <-time.After(6 * time.Second):
		}
	}
}

// takeCache makes the cache directory this daemon's alone: two that share one corrupt each other's providers.
func takeCache(path string) (func() error, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(path, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, fmt.Errorf("cache directory %s is another daemon's: %w", path, err)
	}
	return file.Close, nil
}

// serve keeps one connection to the server. It returns true when a signal ended it.
func serve(server string, query url.Values, psk, key, cache string, signals chan os.Signal) (bool, error) {
	connection, reader, err := dial(server, query, psk, key)
	if err != nil {
		return false, err
	}
	defer connection.Close()
	log.Printf("connected as %s", query.Get("name"))

	builds, lost := make(chan message), make(chan error, 1)
	go func() {
		for {
			var build message
			line, err := reader.ReadBytes('\n')
			if err == nil {
				err = json.Unmarshal(line, &build)
			}
			if err != nil {
				lost <- err
				return
			}
			builds <- build
		}
	}()
	for {
		select {
		case err := <-lost:
			return false, err
		case got := <-signals:
			log.Printf("%v: no build is running", got)
			return true, nil
		case build := <-builds:
			stop := run(build, cache, signals, &build.Result)
			answer, _ := json.Marshal(build)
			if _, err := connection.Write(append(answer, '\n')); err != nil {
				return stop, err
			}
			if stop {
				return true, nil
			}
		}
	}
}

// dial upgrades an HTTPS request, verified by the system's authorities, to a connection of lines.
func dial(server string, query url.Values, psk, key string) (net.Conn, *bufio.Reader, error) {
	target, err := url.Parse(server)
	if err != nil || target.Scheme != "https" {
		return nil, nil, fmt.Errorf("CODER_URL %q is not an https URL", server)
	}
	connection, err := tls.DialWithDialer(&net.Dialer{Timeout: 10 * time.Second}, "tcp", target.Hostname()+":443", nil)
	if err != nil {
		return nil, nil, err
	}
	request, _ := http.NewRequest("GET", server+"/api/v2/organizations/default/provisionerdaemons/serve?"+query.Encode(), nil)
	request.Header.Set("Connection", "Upgrade")
	request.Header.Set("Upgrade", "lines")
	if psk != "" {
		request.Header.Set("Coder-Provisioner-Daemon-PSK", psk)
	} else {
		request.Header.Set("Coder-Provisioner-Daemon-Key", key)
	}
	if err := request.Write(connection); err != nil {
		return nil, nil, err
	}
	reader := bufio.NewReader(connection)
	response, err := http.ReadResponse(reader, request)
	if err != nil {
		connection.Close()
		return nil, nil, err
	}
	if response.StatusCode != http.StatusSwitchingProtocols {
		connection.Close()
		return nil, nil, fmt.Errorf("the server refuses this daemon: %s", response.Status)
	}
	return connection, reader, nil
}

// run builds as Coder does: in a work directory of its own, with a program that lies in the cache, and without CODER_*
// in Terraform's environment. It returns true when the daemon has been asked to stop.
func run(build message, cache string, signals chan os.Signal, result *string) (stop bool) {
	*result = "failed"
	directory, err := os.MkdirTemp("", "coder-build")
	if err != nil {
		log.Printf("build %d: %v", build.Build, err)
		return false
	}
	defer os.RemoveAll(directory)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	command := exec.CommandContext(ctx, "terraform", "apply", "-auto-approve", fmt.Sprintf("-var=seconds=%d", build.Seconds))
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.Dir = directory
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "CODER_") {
			command.Env = append(command.Env, pair)
		}
	}
	command.Env = append(command.Env, "TF_PLUGIN_CACHE_DIR="+cache, "TF_IN_AUTOMATION=1")
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	log.Printf("build %d: started", build.Build)
	done := make(chan error, 1)
	go func() { done <- command.Run() }()
	for {
		select {
		case err := <-done:
			if err == nil {
				*result = "succeeded"
			}
			log.Printf("build %d: %s", build.Build, *result)
			return stop
		case got := <-signals:
			stop = true
			if got == syscall.SIGINT {
				log.Printf("build %d: cancelled by %v", build.Build, got)
				cancel()
			} else {
				log.Printf("build %d: %v, finishing it first", build.Build, got)
			}
		}
	}
}
