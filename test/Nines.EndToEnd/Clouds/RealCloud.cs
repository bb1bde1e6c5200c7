using System.Text.RegularExpressions;
using Nines.Composition;
using Nines.Control.Identity;
using Nines.EndToEnd.Clients;

namespace Nines.EndToEnd.Clouds;

/// <summary>A cloud in a process of its own whose servers are real machines of the image <c>tiny</c>. Nothing leaves the machine. Needs root.</summary>
public sealed partial class RealCloud : IAsyncLifetime
{
    private static readonly string[] OfMachines = ["Nines.Host.Gate", "Nines.Host.Vms", "Nines.Host.Mirrors", "Exception: "];
    private readonly string _publicPool = PublicPools.Next() + "0/24";
    private readonly TemporaryFolder _folder = new();

    private readonly bool _hasOwnImages;

    public RealCloud() => Cli = new NinesCli(StatePath);

    private RealCloud(bool hasOwnImages)
    {
        _hasOwnImages = hasOwnImages;
        Cli = new NinesCli(StatePath, Path.Combine(_folder.Path, "images"));
    }

    internal string StatePath => Path.Combine(_folder.Path, "s");

    internal NinesCli Cli { get; }

    internal string Url { get; private set; } = "";

    internal CloudPaths Paths => new(StatePath);

    /// <summary>What it has logged of machines and of launches from kept memory, for tests that fail.</summary>
    internal string SaidOfMachines => string.Join('\n', File.ReadLines(Paths.Log).Where(line => OfMachines.Any(word => line.Contains(word, StringComparison.Ordinal))));

    /// <summary>A cloud with no images but those that a test gives it; they go with it.</summary>
    internal static RealCloud WithoutImages() => new(hasOwnImages: true);

    internal IReadOnlyDictionary<string, string> Environment => ClientEnvironment.For(CredentialsFile.Read(StatePath)!);

    internal AwsCli Aws => new(Url, Environment);

    internal Boto3 Boto => new(Url, Environment);

    public async ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_001_001); // the hypervisor's user passes through
        if (!_hasOwnImages)
        {
            (await Cli.BuildImageAsync("tiny")).ShouldSucceed();
        }

        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Cli.RunAsync("down", "--purge");
        _folder.Dispose();
    }

    /// <summary>Where second copies of mirrored volumes lie; <see langword="null"/>: there are none.</summary>
    internal string? Mirror { get; set; }

    /// <summary>Starts the cloud's process on a free port.</summary>
    internal async Task StartAsync()
    {
        string[] mirror = Mirror is { } folder ? ["--mirror", folder, "--scrub-hours", "0.0003", "--copy-seconds", "2"] : [];
        var started = (await Cli.RunAsync(["up", "--detach", "--port", "0", "--public-pool", _publicPool, "--no-egress", .. mirror])).ShouldSucceed();
        Url = UrlPattern().Match(started.Errors).Value;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex UrlPattern();
}
