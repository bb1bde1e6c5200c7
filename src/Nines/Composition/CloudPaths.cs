using System.Security.Cryptography;
using System.Text;

namespace Nines.Composition;

/// <summary>Where one cloud keeps everything: its files have fixed names, so that every verb finds them.</summary>
internal sealed record CloudPaths(string Path)
{
    /// <summary>Where the running cloud listens, and its process id.</summary>
    public string Endpoint => System.IO.Path.Combine(Path, "endpoint.json");

    /// <summary>Where second copies of volumes lie; see <see cref="MirrorFolder"/>.</summary>
    public string Mirror => System.IO.Path.Combine(Path, "mirror");

    /// <summary>Whether its servers are real; see <see cref="CloudKind"/>.</summary>
    public string Kind => System.IO.Path.Combine(Path, "kind.json");

    public string Log => System.IO.Path.Combine(Path, "nines.log");

    /// <summary>Key that <c>run</c> and <c>ssh</c> use; mode 0600.</summary>
    public string SshKey => System.IO.Path.Combine(Path, "ssh", "nines");

    public string KnownHosts => System.IO.Path.Combine(Path, "ssh", "known_hosts");

    /// <summary>Sockets of running machines: in a place of its own because a socket's path has at most 107 bytes (unix(7)).</summary>
    public string Run => System.IO.Path.Combine("/run/nines", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path)))[..8]);

    /// <summary>The operator's: a folder for each account, and in it one for each of its buckets.</summary>
    public string Buckets => System.IO.Path.Combine(Path, "buckets");

    public string Host => System.IO.Path.Combine(Path, "host");

    /// <summary>
    /// Built images, shared by all clouds of this machine's user: they are content-addressed and the same for everyone, and
    /// expensive to make, so removing a cloud keeps them.
    /// </summary>
    public static string ImageCache => Environment.GetEnvironmentVariable("NINES_IMAGES") is { Length: > 0 } set
        ? set
        : Environment.IsPrivilegedProcess ? "/var/cache/nines/images" : System.IO.Path.Combine(Home, ".cache", "nines", "images");

    /// <summary>The directory that was asked for, else <c>NINES_STATE</c>, else the usual place.</summary>
    public static CloudPaths Resolve(string? asked)
    {
        var path = asked ?? Environment.GetEnvironmentVariable("NINES_STATE");
        if (string.IsNullOrEmpty(path))
        {
            path = Environment.IsPrivilegedProcess ? "/var/lib/nines" : System.IO.Path.Combine(Home, ".local", "state", "nines");
        }

        return new CloudPaths(System.IO.Path.GetFullPath(path));
    }

    /// <summary>What a verb needs to be given to find this state again; empty when it does so by itself.</summary>
    public string Option => Path == Resolve(null).Path ? "" : $" --state {Path}";

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
}
