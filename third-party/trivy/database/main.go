// Writes a small vulnerability database for tests: `trivy-database <advisories.json> <folder> <date>`. It is as real as the one that
// Trivy downloads, because Trivy's own package writes it, and it knows of nothing but the advisories that it is given.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/aquasecurity/trivy-db/pkg/db"
	"github.com/aquasecurity/trivy-db/pkg/metadata"
	"github.com/aquasecurity/trivy-db/pkg/types"
	bolt "go.etcd.io/bbolt"
)

type advisory struct {
	ID         string   `json:"id"`
	Package    string   `json:"package"`
	Vulnerable []string `json:"vulnerable"`
	Patched    []string `json:"patched"`
	Severity   string   `json:"severity"`
	Title      string   `json:"title"`
}

// The name of a bucket starts with the ecosystem, which is all that Trivy goes by when it looks for a package.
const bucket = "npm::GitHub Security Advisory npm"

var source = types.DataSource{
	ID:   "ghsa",
	Name: "GitHub Security Advisory npm",
	URL:  "https://github.com/advisories?query=type%3Areviewed+ecosystem%3Anpm",
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("expected <advisories.json> <folder> <date>, got %d arguments", len(args))
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var advisories []advisory
	if err := json.Unmarshal(text, &advisories); err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	date, err := time.Parse(time.RFC3339, args[2])
	if err != nil {
		return err
	}
	if err := write(advisories, args[1]); err != nil {
		return err
	}
	// A day is what Trivy's own database says, which is made every six hours.
	about := metadata.Metadata{Version: db.SchemaVersion, UpdatedAt: date, NextUpdate: date.Add(24 * time.Hour)}
	return metadata.NewClient(args[1]).Update(about)
}

func write(advisories []advisory, folder string) error {
	if err := db.Init(folder); err != nil {
		return err
	}
	database := db.Config{}
	err := database.BatchUpdate(func(tx *bolt.Tx) error {
		if err := database.PutDataSource(tx, bucket, source); err != nil {
			return err
		}
		for _, each := range advisories {
			if err := put(database, tx, each); err != nil {
				return fmt.Errorf("%s: %w", each.ID, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return db.Close()
}

// An advisory belongs to a package; how grave it is stands once for all packages it is about.
func put(database db.Config, tx *bolt.Tx, each advisory) error {
	severity, err := types.NewSeverity(each.Severity)
	if err != nil {
		return err
	}
	about := types.Advisory{VulnerableVersions: each.Vulnerable, PatchedVersions: each.Patched}
	if err := database.PutAdvisoryDetail(tx, each.ID, each.Package, []string{bucket}, &about); err != nil {
		return err
	}
	if err := database.SaveAdvisoryDetails(tx, each.ID); err != nil {
		return err
	}
	return database.PutVulnerability(tx, each.ID, types.Vulnerability{
		Title:          each.Title,
		Severity:       each.Severity,
		VendorSeverity: types.VendorSeverity{source.ID: severity},
	})
}
