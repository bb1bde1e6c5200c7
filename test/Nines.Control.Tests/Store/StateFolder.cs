namespace Nines.Control.Tests.Store;

/// <summary>A folder of its own for a test, removed afterwards.</summary>
internal sealed class StateFolder : IDisposable
{
    public StateFolder() => Path = Directory.CreateTempSubdirectory("nines-store-").FullName;

    public string Path { get; }

    public string Store => At("store.db");

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
