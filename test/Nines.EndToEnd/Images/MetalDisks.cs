using Nines.EndToEnd.Clients;

namespace Nines.EndToEnd.Images;

/// <summary>Disks whose guest drives what machines of metal have, and virtio too; the key that opens their servers is one that Windows takes.</summary>
public sealed class MetalDisks() : ForeignDisks("metal")
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();

        // In the form that the AWS CLI reads.
        var key = Cloud.Paths.SshKey;
        Directory.CreateDirectory(Path.GetDirectoryName(key)!);
        (await ClientProcess.RunAsync("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f", key], new Dictionary<string, string>())).ShouldSucceed();
    }
}
