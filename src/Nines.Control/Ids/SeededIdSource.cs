namespace Nines.Control.Ids;

/// <summary>The same ids for the same seed.</summary>
internal sealed class SeededIdSource(Random random) : IIdSource
{
    private readonly Lock _gate = new();

    public string Next(string prefix) => IdFormat.Id(prefix, NextBytes(IdFormat.RandomBytes));

    public Guid NextGuid() => IdFormat.Uuid(NextBytes(IdFormat.UuidBytes));

    private byte[] NextBytes(int count)
    {
        var bytes = new byte[count];
        lock (_gate)
            random.NextBytes(bytes);
        return bytes;
    }
}
