using System.Security.Cryptography;

namespace Nines.Control.Ids;

/// <summary>Ids from the operating system's randomness: nobody can guess the next one.</summary>
internal sealed class RandomIdSource : IIdSource
{
    public string Next(string prefix) => IdFormat.Id(prefix, RandomNumberGenerator.GetBytes(IdFormat.RandomBytes));

    public Guid NextGuid() => IdFormat.Uuid(RandomNumberGenerator.GetBytes(IdFormat.UuidBytes));
}
