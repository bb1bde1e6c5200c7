using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Nines.Host.Api;
using Nines.Host.Networks;

namespace Nines.Host.Gate;

/// <summary>
/// What a guest is told at the gate: who it is from now on. Lines of <c>name=value</c>, an empty line, then the user data as it is.
/// Everything in it is also what DHCP and the metadata service say; it saves the guest from asking.
/// </summary>
internal static class IdentityDocument
{
    /// <summary>Bytes of fresh randomness that a guest is given.</summary>
    public const int EntropyBytes = 32;

    /// <summary>Who answers at the other end of the cable while a guest rehearses.</summary>
    public const string RehearsalRouter = "169.254.9.1/30";

    /// <summary>What a guest is told that shall rehearse: it is nobody in particular.</summary>
    public static readonly byte[] Rehearsal = Encoding.ASCII.GetBytes(
        "rehearsal=yes\ntime=0.000\nentropy=0000000000000000000000000000000000000000000000000000000000000000\ninstance-id=i-00000000000000000\n"
        + "hostname=rehearsal\ndomain=rehearsal\naddress=169.254.9.2\nprefix=30\nnetmask=255.255.255.252\ngateway=169.254.9.1\ndns=169.254.9.1\nmtu=1500\n"
        + "public-key=\nuser-data=0\n\n");

    /// <summary>The document.</summary>
    /// <param name="spec">The machine.</param>
    /// <param name="vpc">The network of its primary adapter.</param>
    /// <param name="adapter">Its primary adapter.</param>
    /// <param name="now">The time that the guest sets its clock to.</param>
    /// <param name="entropy">Randomness that nobody else is given.</param>
    public static byte[] Render(VmSpec spec, VpcModel vpc, AdapterModel adapter, DateTimeOffset now, ReadOnlySpan<byte> entropy)
    {
        var text = new StringBuilder();
        Add(text, "time", (now.ToUnixTimeMilliseconds() / 1000m).ToString("0.000", CultureInfo.InvariantCulture));
        Add(text, "entropy", Convert.ToHexStringLower(entropy));
        Add(text, "instance-id", spec.Id);
        Add(text, "hostname", adapter.HostName);
        Add(text, "domain", vpc.DhcpOptions.DomainName ?? "");
        Add(text, "mac", adapter.MacAddress);
        Add(text, "address", adapter.Address.ToString());
        Add(text, "prefix", $"{adapter.Subnet.Block.PrefixLength}");
        Add(text, "netmask", adapter.Subnet.Block.Mask().ToString());
        Add(text, "gateway", adapter.Subnet.Router.ToString());
        Add(text, "dns", vpc.DhcpOptions.NameServers is [var server, ..] ? server.ToString() : "");
        Add(text, "mtu", "1500");
        if (spec.Metadata is { PublicKey: { } key, EndpointEnabled: true })
        {
            Add(text, "public-key", key);
        }

        ImmutableArray<byte> userData = spec.Metadata.EndpointEnabled ? spec.Metadata.UserData : [];
        Add(text, "user-data", $"{userData.Length}");
        text.Append('\n');
        return [.. Encoding.UTF8.GetBytes(text.ToString()), .. userData];
    }

    private static void Add(StringBuilder text, string name, string value) =>
        text.Append(name).Append('=').Append(value.ReplaceLineEndings(" ").Trim()).Append('\n');
}
