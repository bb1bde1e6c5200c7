using Nines.Host.Volumes;

namespace Nines.Host.Tests.Volumes;

public sealed class Qcow2HeaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nines-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_that_goes_while_it_is_read_is_none()
    {
        var path = Path.Combine(_folder.FullName, "disk");
        await File.WriteAllBytesAsync(path + ".kept", [(byte)'Q', (byte)'F', (byte)'I', 0xfb, .. new byte[32]], Cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var churn = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    File.CreateSymbolicLink(path, path + ".kept");
                    File.Delete(path);
                }
            },
            Cancellation);

        for (var round = 0; round < 20_000; round++)
        {
            Qcow2Header.Read(path)?.BackingPath.ShouldBeNull();
        }

        await stop.CancelAsync();
        await churn;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
